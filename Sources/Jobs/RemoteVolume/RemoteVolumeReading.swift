import Certificates
import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `remote_volume_list`: names of the remote volumes.
    package static let remoteVolumeList = JobDefinition(
        name: "remote_volume_list", noun: "remote_volume", summary: "Names of the remote volumes.", mode: .read,
        permission: .volumes, result: "List of names.",
        work: .answer { (context) throws(JobError) in .strings(context.document.remoteVolumes.map(\.name)) }
    ).with { $0.answer = .names }

    /// `remote_volume_list_details`: all remote volumes as `remote_volume_info` shows one.
    package static let remoteVolumeListDetails = JobDefinition(
        name: "remote_volume_list_details", noun: "remote_volume", summary: "All remote volumes with their details.",
        mode: .read, permission: .volumes, result: "List of dicts as of remote_volume_info.",
        work: .answer { (context) throws(JobError) in .list(context.document.remoteVolumes.map(\.value)) }
    ).with {
        $0.answer = .list(.remoteVolume)
        $0.secretResults = ["password"]
    }

    /// `remote_volume_info`: one remote volume, with the password in plain text.
    package static let remoteVolumeInfo = JobDefinition(
        name: "remote_volume_info", noun: "remote_volume", summary: "Details of one remote volume.", mode: .read,
        permission: .remoteVolumeOwner, result: "Dict of the volume's settings; the id stands under `vid` as text.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(remoteVolumeOf: context.arguments).value
        }
    ).with {
        $0.answer = .remoteVolume
        $0.mandatory = [.remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = remoteVolumeStandIns
        $0.owner = remoteVolumeOwner
        $0.secretResults = ["password"]
        $0.example = ["remote_volume_name": "vol1"]
    }

    /// Name and id of a remote volume stand in for each other.
    static let remoteVolumeStandIns = [
        "remote_volume_name": ["remote_volume_id"], "remote_volume_id": ["remote_volume_name"],
    ]

    /// `remote_volume_state`: whether each node can reach a remote volume.
    package static let remoteVolumeState = JobDefinition(
        name: "remote_volume_state", noun: "remote_volume", summary: "State of a remote volume.", mode: .read,
        permission: .remoteVolumeOwner,
        result: "List with one of Online, Connection problem for each node that is there, by their ids.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let archive = ArchiveVolume(try document.given(remoteVolumeOf: context.arguments))
            let check = ArchiveCheck([archive.reference])
            let commands = try context.reachableNodes.sorted().map { (node) throws(JobError) in
                var command = try Command(check, on: node, deadline: JobContext.longestLook)
                command.answerIfSilent = .strings([ArchiveCheck.State.problem.rawValue])
                return command
            }
            return Plan(commands: commands.sideBySide) { (answers) throws(JobError) in
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

extension RemoteVolume {
    /// The volume as `remote_volume_info` shows it: `vid` is text, the password plain, what is not set is left out.
    var value: Value {
        let keys = hostKeys.compactMap { HostKey($0) }
        return .members([
            "name": .string(name), "type": .string(type), "vid": id.map { .string(String($0)) },
            "url": url.map(Value.string), "owner": owner?.value, "username": username.map(Value.string),
            "password": password.map(Value.string), "options": options.isEmpty ? nil : .string(options),
            "labels": labels.isEmpty ? nil : .strings(labels),
            "host_key": keys.isEmpty ? nil : .string(keys.map(\.description).joined(separator: "\n")),
            "host_key_fingerprints": keys.isEmpty ? nil : .strings(keys.map(\.fingerprint)),
        ])
    }
}

extension Shape {
    /// A volume as `remote_volume_info` shows it.
    static let remoteVolume = Shape.object(
        "RemoteVolumeInfoResult", text: "A remote volume.",
        members: [
            .has("name", .str, like: "r0001"), .has("type", .str, text: "The kind of store.", like: "ftp"),
            .may("vid", .str, text: "The volume id."), .may("url", .str, text: "Where the store is."),
            .may("owner", .ownerIDs, text: "User id and group id of the owner."),
            .may("username", .str, text: "User of the store."), .may("password", .str, text: "That user's password."),
            .may("options", .str, text: "Flags."), .may("labels", .names, text: "Its labels."),
            .may("host_key", .str, text: "Public keys of its host, for type sftp; one a line."),
            .may("host_key_fingerprints", .names, text: "What people compare of these keys, in the same order."),
        ])
}
