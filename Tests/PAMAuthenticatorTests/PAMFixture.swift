import Access
import Foundation
import PAMAuthenticator

/// A folder with PAM service files of our own, read through `confdir`; gone when the fixture is.
final class PAMFixture {
    /// pam_matrix, a PAM module that knows users from a text file; comes with the package libpam-wrapper.
    static let matrixModule: String? = {
        let folders = [
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib",
        ]
        let named = ProcessInfo.processInfo.environment["CONFD_PAM_MATRIX"].map { [$0] } ?? []
        return (named + folders.map { $0 + "/pam_wrapper/pam_matrix.so" })
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    static let hasMatrix = matrixModule != nil

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "confd-pam-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file into the folder and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String, isProgram: Bool = false) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: isProgram ? 0o755 : 0o644], ofItemAtPath: path(name))
        return path(name)
    }

    /// A service that asks pam_matrix; further account modules come behind it.
    func writeMatrixService(_ name: String = "confd", moreAccount: String = "") throws {
        let module = Self.matrixModule ?? ""
        let users = try write(
            "users", "anna:right:confd\nbert:Gr\u{FC}\u{DF}e 7:confd\nelsewhere:right:other\n")
        try write(
            name,
            """
            auth required \(module) passdb=\(users)
            account required \(module) passdb=\(users)
            \(moreAccount)

            """)
    }

    func authenticator(
        threads: Int = 4, queueLimit: Int = 64, deadline: Duration = .seconds(30), service: String = "confd"
    ) -> PAMAuthenticator {
        PAMAuthenticator(
            service: service, confdir: folder.path, threads: threads, queueLimit: queueLimit, deadline: deadline)
    }
}

extension Verdict {
    /// True for every refusal, whatever its detail.
    var isRefusal: Bool {
        if case .refused = self { true } else { false }
    }

    /// True when nothing was decided.
    var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
