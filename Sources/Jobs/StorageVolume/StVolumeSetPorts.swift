import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_set_ports`: the ports through which an archive volume can be reached.
    package static let stVolumeSetPorts = JobDefinition(
        name: "st_volume_set_ports", noun: "storage_volume",
        summary: "Set the ports through which an archive volume can be reached.",
        mode: .modify, permission: .storageChanges, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let ports = try context.arguments.volumePorts()
            guard !ports.isEmpty else {
                throw JobError(.parameterMissing, "Give at least one port; 0 takes a port away.")
            }
            try document.edit(keys: VolumePort.parameters) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(ports: ports))
            }
            return nil
        }
    ).with {
        $0.help = "0 takes a port away; ports that are not given stay."
        $0.mandatory = [.volumeID]
        $0.optional = Parameter.volumePorts + [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "ArchiveVolume1", "ftp_port": 23023, "ftps_port": 21021]
    }
}
