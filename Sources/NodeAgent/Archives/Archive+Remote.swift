import JobEngine

extension Archive {
    /// The archive a command names.
    ///
    /// Member `archive`: `folder` with the id of a local volume, or `type`, `url`, `username`, `password` and `options` of
    /// a remote one.
    ///
    /// - Throws: `refused` for a kind of store, or an option, that cannot be used here.
    static func named(by call: ActionCall, account: ExternalProgram.Account?) async throws(ActionError) -> Archive {
        guard let archive = call.arguments["archive"]?.map else { throw .argument("archive", "is missing") }
        if let volume = archive["volume"]?.int {
            let folder = "\(call.root.data)/volumes/\(volume)"
            try FolderPath.make(folder, below: call.root.directory, for: account)
            return Archive(base: folder, environment: [:], flags: [], account: account)
        }
        let url = StoreURL(archive["url"]?.string ?? "")
        var store = Store(
            url: url, user: archive["username"]?.string ?? "", password: archive["password"]?.string ?? "")
        let type = archive["type"]?.string ?? ""
        guard let open = openers[type] else {
            throw .refused(
                JobError(.unsupported, "Remote volumes of type '\(type)' cannot be reached: rclone has no such store."))
        }
        try await open(&store, account, call)
        let flags = try flags(archive["options"]?.string ?? "", &store.environment)
        return Archive(base: store.base, environment: store.environment, flags: flags, account: account)
    }

    /// What rclone is told of a store, while it is put together.
    struct Store {
        let url: StoreURL
        let user: String
        let password: String
        var base = "archive:"
        var environment: [String: String] = [:]

        mutating func set(_ values: [String: String]) {
            for (name, value) in values where !value.isEmpty { environment["RCLONE_CONFIG_ARCHIVE_\(name)"] = value }
        }
    }

    private typealias Opener =
        @Sendable (inout Store, ExternalProgram.Account?, ActionCall) async throws(ActionError) -> Void

    /// One line for each kind of store.
    private static let openers: [String: Opener] = [
        "file": { (store, _, _) throws(ActionError) in
            guard store.url.path.hasPrefix("/") else { throw .argument("url", "must be like file:///folder") }
            store.base = store.url.path
        },
        "s3": { (store, _, _) throws(ActionError) in
            let (host, isAmazon) = (store.url.host, store.url.host.hasSuffix(".amazonaws.com"))
            let labels = host.split(separator: ".").map(String.init)
            store.set([
                "TYPE": "s3", "PROVIDER": isAmazon || store.url.scheme == "s3" ? "AWS" : "Other",
                "ACCESS_KEY_ID": store.user, "SECRET_ACCESS_KEY": store.password, "FORCE_PATH_STYLE": "true",
                "NO_CHECK_BUCKET": "true",
            ])
            if store.url.scheme == "s3" {
                store.base += host + store.url.path
            } else if isAmazon {
                // bucket.s3.region.amazonaws.com
                store.set(["REGION": labels.count > 4 ? labels[labels.count - 3] : "us-east-1"])
                store.base += (labels.first ?? "") + store.url.path
            } else {
                store.set(["ENDPOINT": store.url.origin])
                store.base += String(store.url.path.dropFirst())
            }
        },
        "azure": { (store, _, _) throws(ActionError) in
            let account = store.user.isEmpty ? store.url.host.prefix { $0 != "." } : store.user[...]
            store.set(["TYPE": "azureblob", "ACCOUNT": String(account), "KEY": store.password])
            if !store.url.host.hasSuffix(".blob.core.windows.net") { store.set(["ENDPOINT": store.url.origin]) }
            store.base += String(store.url.path.dropFirst())
        },
        "gs": { (store, _, _) throws(ActionError) in
            store.set([
                "TYPE": "google cloud storage", "SERVICE_ACCOUNT_CREDENTIALS": store.password,
                "BUCKET_POLICY_ONLY": "true",
            ])
            store.base +=
                store.url.scheme == "gs" ? store.url.host + store.url.path : String(store.url.path.dropFirst())
        },
        "ftp": { (store, account, call) async throws(ActionError) in
            try await host(&store, "ftp", account, call)
        },
        "sftp": { (store, account, call) async throws(ActionError) in
            try await host(&store, "sftp", account, call)
        },
        "smb": { (store, account, call) async throws(ActionError) in
            try await host(&store, "smb", account, call)
            store.base = "archive:" + store.url.path.dropFirst()
        },
        "webdav": { (store, account, call) async throws(ActionError) in
            let password = try await Rclone.obscured(store.password, account, call)
            store.set([
                "TYPE": "webdav", "URL": store.url.text, "USER": store.user, "PASS": password, "VENDOR": "other",
            ])
        },
    ]

    private static func host(
        _ store: inout Store, _ type: String, _ account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) {
        let password = store.password.isEmpty ? "" : try await Rclone.obscured(store.password, account, call)
        store.set([
            "TYPE": type, "HOST": store.url.host, "PORT": store.url.port.map(String.init) ?? "", "USER": store.user,
            "PASS": password,
        ])
        store.base += store.url.path
    }

    /// The flags of a volume's options; those that mean nothing to rclone are passed over, as they only tune.
    private static func flags(
        _ options: String, _ environment: inout [String: String]
    ) throws(ActionError) -> [String] {
        var flags: [String] = []
        for option in options.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ";" }) {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts[0], parts.count > 1 ? parts[1] : "") {
            case ("noverifypeer", _): flags.append("--no-check-certificate")
            case ("timeout", let seconds): flags += ["--timeout", "\(Int(seconds) ?? 300)s"]
            case ("proxy", let address): environment["https_proxy"] = "http://\(address)"
            case ("forcessl", _): environment["RCLONE_CONFIG_ARCHIVE_EXPLICIT_TLS"] = "true"
            case ("earlytls", _): environment["RCLONE_CONFIG_ARCHIVE_TLS"] = "true"
            case ("verbose", _), ("nocompression", _), ("noresume", _), ("cleanvolume", _): break
            case (let name, _):
                throw .refused(JobError(.unsupported, "The volume's option '\(name.prefix(40))' cannot be kept here."))
            }
        }
        return flags
    }
}
