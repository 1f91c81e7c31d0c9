import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_set_io_status`: switches the I/O of a volume on or off.
    package static let stVolumeSetIoStatus = JobDefinition(
        name: "st_volume_set_io_status", noun: "storage_volume", summary: "Switch I/O of a volume on or off.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            return try context.setting(volume) {
                $0.admitsApplications = context.arguments.bool("app_io") ?? true
                $0.admitsInternal = context.arguments.bool("int_io") ?? true
            }
        }
    ).with {
        $0.help = "While internal I/O is off, a volume is not resized or cleared."
        $0.mandatory = [
            Parameter("app_io", .bool, text: "I/O of applications."), Parameter("int_io", .bool, text: "Internal I/O."),
            .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1", "app_io": true, "int_io": true]
    }

    /// `st_volume_set_forced_red_level`: which copy of a volume is read and written, for debugging.
    package static let stVolumeSetForcedRedLevel = JobDefinition(
        name: "st_volume_set_forced_red_level", noun: "storage_volume",
        summary: "Force reads and writes to one redundancy level.",
        mode: .read, permission: .rootGroup, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let level = context.arguments.int("force_red_level") ?? 0
            guard level <= volume.redundancy else {
                throw .invalid(
                    "force_red_level", "'force_red_level': volume \(volume.name) has \(volume.redundancy) levels.")
            }
            return try context.setting(volume) { $0.forcedLevel = level }
        }
    ).with {
        $0.mandatory = [
            Parameter(
                "force_red_level", .int, text: "Level; 1 is the master segment, 0 is normal operation.", range: 0...1000
            ), .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["vname": "DataVolume1", "force_red_level": 1]
    }

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

    /// `st_volume_set_priority`: how urgent the operations of a volume are.
    package static let stVolumeSetPriority = JobDefinition(
        name: "st_volume_set_priority", noun: "storage_volume", summary: "Set the priority of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let priority = context.arguments.int("prio")
            try document.edit(keys: ["Priority": "prio"]) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(priority: priority))
            }
            return nil
        }
    ).with {
        $0.mandatory = [
            Parameter("prio", .int, text: "0 is the highest, 20 the lowest; a volume starts with 10.", range: 0...20),
            .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "prio": 1]
    }

    /// `st_volume_set_shared`: whether several users may have a volume open.
    package static let stVolumeSetShared = JobDefinition(
        name: "st_volume_set_shared", noun: "storage_volume", summary: "Set or clear the shared flag of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let shared = context.arguments.bool("shared")
            try document.edit { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(isShared: shared))
            }
            return nil
        }
    ).with {
        $0.mandatory = [Parameter("shared", .bool, text: "The flag."), .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "shared": false]
    }
}

extension VolumePort {
    /// Keys of the file and the parameters they are set by.
    static let parameters = Dictionary(allCases.map { ($0.rawValue, $0.parameter) }) { first, _ in first }

    /// The parameter of this port, such as `ftp_port`.
    var parameter: String { "\(self)_port" }
}

extension Arguments {
    /// The ports that were given.
    func volumePorts() throws(JobError) -> [VolumePort: Int] {
        var ports: [VolumePort: Int] = [:]
        for port in VolumePort.allCases {
            guard let number = int(port.parameter) else { continue }
            guard (0...65_535).contains(number) else {
                throw .invalid(port.parameter, "'\(port.parameter)': 0 to 65535 is allowed.")
            }
            if number != 0, let other = ports.first(where: { $0.value == number })?.key {
                throw .invalid(
                    port.parameter, "'\(port.parameter)': \(number) is the port of '\(other.parameter)' as well.")
            }
            ports[port] = number
        }
        return ports
    }
}
