import EXAConf
import JobEngine
import Values

/// A kind of store, with what a volume of it needs so that it can ever be reached.
struct StoreKind {
    /// Whom the store lets in.
    private enum Login {
        /// There is none.
        case none
        /// User and password, or `anonymous` when neither is given.
        case anonymous
        /// User and password, or neither.
        case optional
        /// User and password.
        case needed
        /// A key as password; the user is read from the address or from the key.
        case key
    }

    private let name: String
    private let schemes: [String]
    private let login: Login

    static let all = [
        StoreKind(name: "smb", schemes: ["smb"], login: .needed),
        StoreKind(name: "ftp", schemes: ["ftp", "ftps"], login: .anonymous),
        StoreKind(name: "sftp", schemes: ["sftp"], login: .needed),
        StoreKind(name: "webhdfs", schemes: ["http", "https", "webhdfs"], login: .optional),
        StoreKind(name: "webdav", schemes: ["http", "https"], login: .optional),
        StoreKind(name: "file", schemes: ["file"], login: .none),
        StoreKind(name: "s3", schemes: ["https", "http", "s3"], login: .optional),
        StoreKind(name: "gs", schemes: ["gs", "https", "http"], login: .key),
        StoreKind(name: "azure", schemes: ["https", "http"], login: .key),
    ]

    static let names = all.map(\.name)

    /// - Throws: `invalid` for an address such a store cannot have, or that is of the nodes themselves and not listed by the
    ///   operator; `parameterMissing` for a login it cannot do without.
    static func check(
        _ settings: RemoteVolumeSettings, _ roots: PlaceRoots, in document: Document
    ) throws(JobError) {
        guard let kind = all.first(where: { $0.name == settings.type }) else { return }
        if let url = settings.url.map({ StoreURL($0) }) {
            try kind.check(url: url)
            // A name is looked up whenever the store is reached: today's answer says nothing of tomorrow's.
            if let fault = document.fault(ofArchiveAt: url, in: roots) {
                throw .invalid("url", "'url': \(url.host) \(fault)")
            }
        }
        try kind.check(user: settings.username ?? "", password: settings.password ?? "")
    }

    private func check(url: StoreURL) throws(JobError) {
        let forms = schemes.map { "\($0)://" }.joined(separator: " or ")
        guard schemes.contains(url.scheme) else {
            throw .invalid("url", "'url': the address of a store of type \(name) begins with \(forms).")
        }
        if let fault = url.fault { throw .invalid("url", "'url': it has \(fault).") }
        if url.host.isEmpty, name != "file" { throw .invalid("url", "'url': it has no host behind '://'.") }
    }

    private func check(user: String, password: String) throws(JobError) {
        let missing: String? =
            switch login {
            case .none: nil
            case .anonymous where ["anonymous", "ftp"].contains(user): nil
            case .anonymous, .optional:
                user.isEmpty == password.isEmpty ? nil : user.isEmpty ? "username" : "password"
            case .needed: user.isEmpty ? "username" : password.isEmpty ? "password" : nil
            case .key: password.isEmpty ? "password" : nil
            }
        guard let missing else { return }
        let text = "'\(missing)' is needed: a store of type \(name) lets nobody in without it."
        throw JobError(
            .parameterMissing, text,
            faults: [.init(pointer: "/params/\(missing)", code: .parameterMissing, text: text)])
    }
}
