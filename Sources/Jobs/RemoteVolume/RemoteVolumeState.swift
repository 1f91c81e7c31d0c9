import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `remote_volume_state`: whether each node can reach a remote volume.
    package static let remoteVolumeState = JobDefinition(
        name: "remote_volume_state", noun: "remote_volume", summary: "State of a remote volume.", mode: .read,
        permission: .remoteVolumeOwner, result: "List with one of Online, Connection problem for each node.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let archive = ArchiveVolume(try document.given(remoteVolumeOf: context.arguments))
            let check = ArchiveCheck([archive.reference])
            let commands = try context.reachableNodes.map { (node) throws(JobError) in
                var command = try Command(check, on: node, deadline: JobContext.longestLook)
                command.answerIfSilent = .strings([ArchiveCheck.State.problem.rawValue])
                return command
            }
            return Plan(commands: commands) { (answers) throws(JobError) in
                let states = try answers.map { (answer) throws(JobError) in try ArchiveCheck.answer(answer) }
                return .strings(states.joined().map(\.rawValue))
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
