import Access
import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `remote_volume_add`: a new archive volume outside; answers its name, its owner's name and the file made for it.
    package static let remoteVolumeAdd = JobDefinition(
        name: "remote_volume_add", noun: "remote_volume", summary: "Create a remote archive volume.", mode: .modify,
        permission: .volumes, result: "List of one list: name, name of the owner, configuration file.",
        work: .act { (context, document) throws(JobError) in
            let arguments = context.arguments
            try arguments.requireStorable(encoded: ["password", "s3_secret_key", "host_key"])
            let hostKey = try GivenHostKey(arguments)
            let name = arguments.string("remote_volume_name")
            if let name, document.hasVolume(named: name) { throw .exists("volume \(name)") }
            let id = try arguments.remoteVolumeID()
            if let id, document.remoteVolume(id: id) != nil { throw .exists("remote volume id \(id)") }
            var settings = try RemoteVolumeSettings(context, in: document)
            try hostKey?.requireUse(by: settings.type ?? "")
            settings.hostKeys = hostKey?.keys
            try StoreKind.check(settings, context.policy.roots, in: document)
            let keys = ["URL": "url", "Type": "vol_type", "ID": "remote_volume_id", "Labels": "labels"]
            let added = try document.edit(about: "remote_volume_name", keys: keys) { (draft) throws(EXAConfError) in
                try draft.addRemoteVolume(name, id: id, settings)
            }
            let owner = settings.owner?.user ?? 0
            let user = document.user(id: owner)?.name ?? String(owner)
            let answer: Value = [
                [.string(added.name), .string(user), .string("/exa/etc/remote_volumes/\(user).\(owner).conf")]
            ]
            var plan = Plan { (_) throws(JobError) in answer }
            try plan.examine(document.remoteVolume(named: added.name), taking: hostKey, context)
            return plan
        }
    ).with {
        $0.answer = .list(.names)
        $0.help = """
            A name that is left out is `r` and the id less 10000 in four digits; an id that is left out is the \
            next free one. Name and id may both be given. `s3_access_key` and `s3_secret_key` are other names of \
            `username` and `password`. The address is a URL: a blank in it is written `%20`. FTP without user and \
            password is anonymous. The address is looked up: one of the nodes themselves or of their link is declined. \
            A host of type `sftp` is asked for its keys, which are kept; compare the fingerprints that \
            `remote_volume_info` shows with what its administrator says, or give them as `host_key`.
            """
        $0.mandatory = [
            Parameter("url", .str, text: "Where the store is."),
            Parameter(
                "vol_type", .str, text: "Kind of store.",
                allowed: StoreKind.names.map { .string($0) }),
        ]
        $0.optional = [
            .hostKey,
            Parameter("labels", .list, text: "Further labels.", shape: .list(.listed(like: "nightly"))),
            Parameter(
                "options", .list, text: "Flags: \(RemoteVolumeOption.all.joined(separator: ", ")).",
                shape: .list(RemoteVolumeOption.shape)),
            Parameter(
                "owner", .list, .tuple, text: "Owner as ids or names (user, group); the user that asks when left out.",
                shape: .owner, example: [500, 500]),
            Parameter("password", .str, text: "Password of the store: plain text, or its base64.", secret: true),
            .remoteVolumeID, .remoteVolumeName,
            Parameter(
                "s3_access_key", .str, text: "Access key of the store; username counts when both are given.",
                secret: true),
            Parameter(
                "s3_secret_key", .str, text: "Secret key of the store; password counts when both are given.",
                secret: true),
            Parameter("username", .str, text: "User of the store."),
        ]
        $0.substitutes = remoteVolumeStandIns
        $0.takesBothStandIns = true
        $0.warnings = { arguments in
            let options = (arguments.list("options") ?? []).compactMap(\.string)
            let type = arguments.string("vol_type") ?? ""
            let lacking = StoreTrust.lacking(
                type: type, url: arguments.string("url") ?? "", options: options, hasHostKey: true)
            return lacking.map { JobWarning(.archiveNotSafe, text: $0.text) }
        }
        $0.example = ["owner": [500, 500], "url": "ftp://ftpserver:12345/optional-directory/", "vol_type": "ftp"]
    }

    /// `remote_volume_remove`: takes a remote volume out that no schedule and no log rotation uses.
    package static let remoteVolumeRemove = JobDefinition(
        name: "remote_volume_remove", noun: "remote_volume", summary: "Remove a remote volume.", mode: .modify,
        permission: .remoteVolumeOwner, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let volume = try document.given(remoteVolumeOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in try draft.removeRemoteVolume(volume.name) }
            return nil
        }
    ).with {
        $0.help =
            "A volume that a backup schedule or the rotation of logs uses stays; the data in the store stays always."
        $0.mandatory = [.remoteVolumeName]
        $0.optional = [.remoteVolumeID]
        $0.substitutes = remoteVolumeStandIns
        $0.owner = remoteVolumeOwner
        $0.example = ["remote_volume_name": "vol1"]
    }
}

extension Arguments {
    fileprivate func remoteVolumeID() throws(JobError) -> Int? {
        guard let text = text("remote_volume_id") else { return nil }
        guard let id = Int(text), id >= 10_000 else {
            throw .invalid("remote_volume_id", "'remote_volume_id': give a number of 10000 or more.")
        }
        return id
    }
}

extension RemoteVolumeSettings {
    fileprivate init(_ context: JobContext, in document: Document) throws(JobError) {
        let arguments = context.arguments
        let password = try arguments.encodedPassword("password")
        let secretKey = try arguments.encodedPassword("s3_secret_key")
        var owner = try arguments.owner(in: document)
        if owner == nil { owner = try context.ownOwner(in: document) }
        self.init(
            type: arguments.string("vol_type"), url: arguments.string("url"), owner: owner,
            username: arguments.string("username") ?? arguments.string("s3_access_key"),
            password: password ?? secretKey, labels: try arguments.elements("labels"),
            options: try RemoteVolumeOption.text(arguments))
    }
}

extension JobContext {
    /// The caller and the caller's main group as owner of something new.
    fileprivate func ownOwner(in document: Document) throws(JobError) -> EXAConf.Owner {
        if let user = document.user(named: principal.name), let id = user.id {
            let group = user.group.flatMap { document.group(named: $0)?.id } ?? principal.groupIDs.first
            if let group { return EXAConf.Owner(user: id, group: group) }
        }
        if principal.name == Principal.rootName { return EXAConf.Owner(user: 0, group: 0) }
        throw JobError(
            .parameterMissing, "'owner' is needed: you are no user of the configuration.",
            faults: [.init(pointer: "/params/owner", code: .parameterMissing, text: "'owner' is missing.")])
    }
}

/// The flags of a remote volume, as the program that moves backups takes them.
enum RemoteVolumeOption {
    /// Flags as help prints them; one with `=` takes a value.
    static let all = [
        "cleanvolume", "verbose", "noverifypeer", "nocompression", "noresume", "forcessl", "earlytls", "webdav",
        "webhdfs",
        "delegation_token=<token>", "user=<user>", "timeout=<timeout>", "proxy=<host:port>",
    ]

    /// One flag; values may hold what a list of the file may.
    static let shape: Shape = {
        let names = all.map { $0.split(separator: "=").map(String.init) }
        let flags = names.filter { $0.count == 1 }.map { $0[0] }.joined(separator: "|")
        let keys = names.filter { $0.count == 2 }.map { $0[0] }.joined(separator: "|")
        return .form(#"^(\#(flags)|(\#(keys))=[ -"$-+\x2D-~]*[!"$-+\x2D-~])$"#, like: "noverifypeer")
    }()

    /// The flags of the parameter `options` as one text, `nil` when it was left out.
    static func text(_ arguments: Arguments) throws(JobError) -> String? {
        try arguments.elements("options")?.joined(separator: ",")
    }
}
