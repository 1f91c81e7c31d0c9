import Certificates
import EXAConf
import JobEngine
import NodeCommands

/// How rclone finds and opens a store. Secrets are in its environment, which its own account and root can read, and so on no
/// command line and in no file.
struct ArchiveStore: Sendable, Hashable {
    let url: StoreURL
    private var user: String
    private let password: String
    /// What stands in front of each path.
    var base = "archive:"
    var environment: [String: String] = [:]
    var flags: [String] = []
    /// The host that proves itself by a key.
    private(set) var host: SecureHost?
    /// Whether others than this machine answer: what they say may be anything.
    private(set) var isElsewhere = false
    /// Whether nothing but its address tells its host from others.
    private var isKnownByAddress = false
    /// Whether its top is made by whoever owns the store, and never by writing to it.
    var isBucket = false
    /// Bytes it may hold; `nil` for as many as there is room for.
    var capacity: Int?

    /// A folder of this machine.
    init(folder: String, capacity: Int?) {
        (url, user, password) = (StoreURL(""), "", "")
        base = folder
        self.capacity = capacity
    }

    /// A store elsewhere.
    ///
    /// - Throws: `refused` for a kind of store, or an option, that cannot be used here.
    init(
        _ archive: ArchiveReference, account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) {
        url = StoreURL(archive.url ?? "")
        user = archive.username ?? ""
        password = archive.password ?? ""
        let type = archive.type ?? ""
        guard let open = Self.openers[type] else {
            throw .refused(
                JobError(.unsupported, "Remote volumes of type '\(type)' cannot be reached: rclone has no such store."))
        }
        isElsewhere = type != "file"
        let clear = try login(type)
        let obscured =
            Self.obscuring.contains(type) && !clear.isEmpty ? try await Rclone.obscured(clear, for: account, call) : ""
        try open(&self, obscured)
        for option in StoreOptions.all(of: archive) { try take(option.name, option.value) }
        // With the option forcessl it is encrypted once the connection stands.
        if url.scheme == "ftps", environment[Self.variable("EXPLICIT_TLS")] == nil { set(["TLS": "true"]) }
        isKnownByAddress =
            type == "smb"
            || type == "ftp" && ["TLS", "EXPLICIT_TLS"].allSatisfy { environment[Self.variable($0)] == nil }
    }

    /// Has rclone go where it was looked whether it may, and take a host for what it is by its keys.
    ///
    /// Where a host proves itself, by a key or a certificate, its name stays: another at its address is found out.
    mutating func pin(to addresses: [String: [String]], _ host: SecureHost?) {
        self.host = host
        if let host { set(["HOST_KEY_ALGORITHMS": host.keys.flatMap(\.algorithms).joined(separator: " ")]) }
        if isKnownByAddress, let address = addresses[url.host]?.first, !address.contains(":") { set(["HOST": address]) }
    }

    /// Finds the folder of a store on this machine, and makes it when it is one of the installation.
    ///
    /// - Returns: Why nothing may be written there; such a folder may still be read, as those of former versions are.
    mutating func settle(
        _ root: InstallationRoot, for account: ExternalProgram.Account?
    ) throws(ActionError) -> String? {
        let folder = base
        do throws(InstallError) {
            let place = try root.place(.archive, folder)
            base = root.location(of: place)
            if place.root != nil { return nil }
        } catch {
            return "\(error) To write there, add to confd.yaml: archives.roots: \(folder)"
        }
        try Folder.make(base, below: root.directory, for: account)
        return nil
    }

    /// The password rclone logs in with; whoever gives none to FTP is anonymous there.
    ///
    /// - Throws: `refused` where rclone would fail without one, in words of its own.
    private mutating func login(_ type: String) throws(ActionError) -> String {
        if type == "ftp", password.isEmpty, ["", "anonymous", "ftp"].contains(user) {
            if user.isEmpty { user = "anonymous" }
            return "anonymous@"
        }
        guard !["ftp", "sftp", "smb"].contains(type) || !user.isEmpty && !password.isEmpty else {
            throw .refused(
                JobError(
                    .archiveDenied,
                    "A volume of type \(type) needs 'username' and 'password': remove it, and add it with both."))
        }
        return password
    }

    private mutating func set(_ values: [String: String]) {
        for (name, value) in values where !value.isEmpty { environment[Self.variable(name)] = value }
    }

    /// The variable of the environment that sets something of the store.
    static func variable(_ name: String) -> String { "RCLONE_CONFIG_ARCHIVE_\(name)" }

    private typealias Opener = @Sendable (inout ArchiveStore, _ obscured: String) throws(ActionError) -> Void

    /// Kinds whose password rclone takes in its own form.
    private static let obscuring: Set = ["ftp", "sftp", "smb", "webdav"]

    /// One for each kind of store.
    private static let openers: [String: Opener] = [
        "file": { (store, _) throws(ActionError) in
            guard store.url.path.hasPrefix("/") else { throw .argument("url", "must be like file:///folder") }
            store.base = store.url.path
        },
        "s3": { (store, _) throws(ActionError) in store.openS3() },
        "azure": { (store, _) throws(ActionError) in
            let account = store.user.isEmpty ? String(store.url.host.prefix { $0 != "." }) : store.user
            store.set(["TYPE": "azureblob", "ACCOUNT": account, "KEY": store.password])
            if !store.url.host.hasSuffix(".blob.core.windows.net"), store.url.host.hasPrefix(account + ".") {
                // rclone puts the account in front itself.
                store.set(["ENDPOINT": String(store.url.authority.dropFirst(account.utf8.count + 1))])
            }
            store.openBucket(String(store.url.path.dropFirst()))
        },
        "gs": { (store, _) throws(ActionError) in
            store.set([
                "TYPE": "google cloud storage", "SERVICE_ACCOUNT_CREDENTIALS": store.password,
                "BUCKET_POLICY_ONLY": "true",
            ])
            let path = String(store.url.path.dropFirst())
            store.openBucket(store.url.scheme == "gs" ? store.url.host + store.url.path : path)
        },
        "ftp": { (store, password) throws(ActionError) in
            store.openHost("ftp", password: password, path: store.url.path)
        },
        "sftp": { (store, password) throws(ActionError) in
            store.openHost("sftp", password: password, path: store.url.path)
        },
        "smb": { (store, password) throws(ActionError) in
            store.openHost("smb", password: password, path: String(store.url.path.dropFirst()))
        },
        "webdav": { (store, password) throws(ActionError) in
            store.set([
                "TYPE": "webdav", "URL": store.url.origin, "USER": store.user, "PASS": password, "VENDOR": "other",
            ])
            // rclone makes folders below the address alone.
            store.base += String(store.url.path.dropFirst())
        },
    ]

    private mutating func openS3() {
        let isAmazon = url.host.hasSuffix(".amazonaws.com")
        set([
            "TYPE": "s3", "PROVIDER": isAmazon || url.scheme == "s3" ? "AWS" : "Other", "ACCESS_KEY_ID": user,
            "SECRET_ACCESS_KEY": password, "FORCE_PATH_STYLE": "true", "NO_CHECK_BUCKET": "true",
        ])
        if url.scheme == "s3" { return openBucket(url.host + url.path) }
        guard isAmazon else {
            set(["ENDPOINT": url.origin])
            return openBucket(String(url.path.dropFirst()))
        }
        // bucket.s3.region.amazonaws.com
        let labels = url.host.split(separator: ".").map(String.init)
        set(["REGION": labels.count > 4 ? labels[labels.count - 3] : "us-east-1"])
        openBucket((labels.first ?? "") + url.path)
    }

    private mutating func openBucket(_ path: String) {
        isBucket = true
        base += path
    }

    private mutating func openHost(_ type: String, password: String, path: String) {
        set([
            "TYPE": type, "HOST": url.host, "PORT": url.port.map(String.init) ?? "", "USER": user, "PASS": password,
        ])
        base += path
    }

    /// Takes an option of the volume; those that mean nothing to rclone are passed over, as they only tune.
    private mutating func take(_ option: String, _ value: String) throws(ActionError) {
        switch option {
        case "noverifypeer": flags.append("--no-check-certificate")
        case "timeout": flags += ["--timeout", "\(Int(value) ?? 300)s"]
        case "proxy": for name in ["http_proxy", "https_proxy"] { environment[name] = "http://\(value)" }
        case "forcessl": set(["EXPLICIT_TLS": "true"])
        case "earlytls": set(["TLS": "true"])
        case "verbose", "nocompression", "noresume", "cleanvolume": break
        default:
            throw .refused(JobError(.unsupported, "The volume's option '\(option.prefix(40))' cannot be kept here."))
        }
    }
}

extension Archive {
    /// The archive a command names.
    ///
    /// - Throws: `refused` for a kind of store, or an option, that cannot be used here.
    init(
        _ archive: ArchiveReference, account: ExternalProgram.Account?, _ call: ActionCall
    ) async throws(ActionError) {
        let name = archive.name
        guard let volume = archive.volume else {
            var store = try await ArchiveStore(archive, account: account, call)
            let addresses = try await StoreHosts(of: archive, account: account).addresses(call)
            let host = SecureHost(of: archive, at: addresses)
            if let host, host.keys.isEmpty {
                // Who cannot be asked is not reached either.
                let shown = (try? await host.shown(to: account, call)) ?? []
                throw .refused(host.refusal(shown: shown))
            }
            store.pin(to: addresses, host)
            let obstacle = archive.type == "file" ? try store.settle(call.root, for: account) : nil
            self.init(name: name, store: store, account: account, obstacle: obstacle)
            return
        }
        let folder = "\(call.root.data)/volumes/\(volume)"
        try Folder.make(folder, below: call.root.directory, for: account)
        self.init(
            name: name, store: ArchiveStore(folder: folder, capacity: archive.capacity), account: account)
    }
}
