import Certificates
import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `remote_volume_set_host_key`: the keys the host of a remote volume is known by from now on; answers their
    /// fingerprints.
    package static let remoteVolumeSetHostKey = JobDefinition(
        name: "remote_volume_set_host_key", noun: "remote_volume",
        summary: "Set the key the host of a remote volume of type sftp is known by.", mode: .modify,
        permission: .remoteVolumeOwner, result: "List of the fingerprints of the keys that are kept.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(remoteVolumeOf: context.arguments)
            guard let hostKey = try GivenHostKey(context.arguments) else {
                throw .invalid(GivenHostKey.parameter, "'host_key' is needed: \(GivenHostKey.rule)")
            }
            try hostKey.requireUse(by: volume.type)
            var plan = Plan { (answers) throws(JobError) in
                var kept = hostKey.keys ?? []
                if hostKey.keys == nil { kept = try ArchiveExamine.answer(answers.first) }
                return .strings(kept.compactMap { HostKey($0)?.fingerprint })
            }
            if let keys = hostKey.keys {
                try document.edit { (draft) throws(EXAConfError) in try draft.setHostKeys(keys, of: volume.name) }
            } else {
                try plan.examine(volume, taking: hostKey, context)
            }
            return plan
        }
    ).with {
        $0.answer = .names
        $0.help = """
            For a host that got a new key, and for volumes that were made when none was kept: such volumes are not \
            reached. With fingerprints the host is asked, and has to show keys that have them; whole keys are taken as \
            they are. What was kept before is replaced.
            """
        $0.mandatory = [.hostKey, .remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = remoteVolumeStandIns
        $0.owner = remoteVolumeOwner
        $0.recovery = .restart
        $0.example = [
            "remote_volume_name": "vol1", "host_key": "SHA256:LPg58DEMPtHRQVxZo4gVHTIDyHs7iSdSJfWnkVC2Frk",
        ]
    }
}

extension Parameter {
    /// Which keys a host is known by.
    static let hostKey = Parameter(
        GivenHostKey.parameter, .str,
        text: "For type sftp: fingerprints the host's keys have to have, or public keys as ssh-keyscan prints them.",
        example: "SHA256:LPg58DEMPtHRQVxZo4gVHTIDyHs7iSdSJfWnkVC2Frk")
}

/// What the parameter `host_key` names: whole keys, or the fingerprints of keys the host is asked for.
struct GivenHostKey: Sendable {
    static let parameter = "host_key"
    static let rule =
        "give fingerprints, as SHA256:... with blanks or commas between, or public keys as ssh-keyscan prints them, one a "
        + "line; of types ssh-ed25519, ecdsa-sha2-nistp256, -384, -521 and ssh-rsa."

    /// Whole keys, as the file has them; `nil` when they are to be asked for.
    private(set) var keys: [String]?
    /// Fingerprints of the keys that are taken.
    private(set) var fingerprints: [String]?

    /// - Returns: `nil` when the parameter was left out.
    init?(_ arguments: Arguments) throws(JobError) {
        guard let text = arguments.string(Self.parameter) else { return nil }
        let words = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
        if !words.isEmpty, words.allSatisfy(Self.isFingerprint) {
            fingerprints = words.map(String.init)
            return
        }
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        let found = lines.compactMap { HostKey($0) }
        guard !found.isEmpty, found.count == lines.count else {
            throw .invalid(Self.parameter, "'host_key': \(Self.rule)")
        }
        keys = HostKey.inOrder(found).map(\.description)
    }

    /// - Throws: `invalid` for a volume of a type whose hosts have no such keys.
    func requireUse(by type: String) throws(JobError) {
        guard type != "sftp" else { return }
        throw .invalid(Self.parameter, "'host_key': hosts of volumes of type sftp have one, and no others.")
    }

    /// `SHA256:` and 32 bytes as base64 without padding.
    private static func isFingerprint(_ word: Substring) -> Bool {
        word.hasPrefix("SHA256:") && word.utf8.count == 50
            && Base64.decode(Array(word.utf8.dropFirst(7)) + [0x3D]) != nil
    }
}

extension Plan {
    /// Has this node look at where a volume is, and keeps the keys its host shows, if it has any and they are not known.
    ///
    /// - Parameter hostKey: What the caller says of the keys.
    mutating func examine(
        _ volume: RemoteVolume?, taking hostKey: GivenHostKey?, _ context: JobContext
    ) throws(JobError) {
        guard let volume, volume.type != "file" else { return }
        let isAsked = volume.type == "sftp" && hostKey?.keys == nil
        var reference = ArchiveVolume(volume).reference
        // Nobody logs in.
        (reference.username, reference.password) = (nil, nil)
        if isAsked { reference.hostKeys = nil }
        let examination = ArchiveExamine(reference, taking: hostKey?.fingerprints)
        var command = try Command(examination, on: context.cluster.ownNode, deadline: .seconds(isAsked ? 30 : 8))
        // Names that are not looked up in time are looked up when the volume is used.
        if !isAsked { command.answerIfSilent = .list([]) }
        commands.append(command)
        guard isAsked else { return }
        let name = volume.name
        amend = { (document, answers) throws(JobError) in
            let keys = try ArchiveExamine.answer(answers.first)
            try document.edit { (draft) throws(EXAConfError) in try draft.setHostKeys(keys, of: name) }
        }
    }
}
