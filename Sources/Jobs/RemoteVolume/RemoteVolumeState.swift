import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_state`: whether each node can reach a remote volume.
    package static let remoteVolumeState = JobDefinition(
        name: "remote_volume_state", noun: "remote_volume", summary: "State of a remote volume.", mode: .read,
        permission: .remoteVolumeOwner, result: "List with one of Online, Connection problem for each node.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let archive = ArchiveVolume(try document.given(remoteVolumeOf: context.arguments))
            let commands = context.reachableNodes.map {
                ArchiveVolume.look("archive.check", on: $0, [archive], silent: ["Connection problem"])
            }
            return Plan(commands: commands) { (answers) throws(JobError) in
                .list(answers.flatMap { $0.list ?? [] })
            }
        }
    ).with {
        $0.answer = .list(.word(["Online", "Connection problem"]))
        $0.mandatory = [.remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = [
            "remote_volume_name": ["remote_volume_id"], "remote_volume_id": ["remote_volume_name"],
        ]
        $0.owner = remoteVolumeOwner
        $0.recovery = .restart
        $0.example = ["remote_volume_name": "vol1"]
    }
}
