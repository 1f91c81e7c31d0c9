import Certificates
import EXAConf
import Foundation
import JobEngine
import NodeAgent
import PAMAuthenticator

/// The files of one node, and how a fresh set of them is made.
struct Installation {
    let root: InstallationRoot
    private let files = DurableFile()

    init(_ settings: DaemonSettings) {
        root = InstallationRoot(settings.root)
    }

    var storeDirectory: String { root.spool + "/jobs" }
    var pamDirectory: String { root.etc + "/pam.d" }

    var hasConfiguration: Bool { FileManager.default.fileExists(atPath: root.configuration) }

    /// Whether nothing of a cluster is here, neither its configuration nor its history.
    var isEmpty: Bool { !hasConfiguration && !FileManager.default.fileExists(atPath: storeDirectory) }

    /// What the configuration file says now.
    ///
    /// - Throws: ``Failure`` naming line and cure.
    func document() throws(Failure) -> Document {
        guard let bytes = FileManager.default.contents(atPath: root.configuration) else {
            let cure = isEmpty ? "Run 'confd init' to make a fresh cluster." : "'confd serve' restores a lost file."
            throw Failure("\(root.configuration) cannot be read. \(cure)", .badData)
        }
        do throws(EXAConfError) {
            return try Document(parsing: [UInt8](bytes))
        } catch {
            throw Failure("\(root.configuration): \(error.message)", .badData)
        }
    }

    /// Makes the folders of an installation; those that exist are left as they are.
    func makeFolders() throws(Failure) {
        let folders = [
            root.directory: 0o755, root.etc: 0o755, root.etc + "/ssl": 0o755, pamDirectory: 0o755, root.spool: 0o755,
            storeDirectory: 0o700, root.data: 0o755, root.data + "/storage": 0o755, root.logs: 0o755,
            root.run: 0o755,
        ]
        for (folder, mode) in folders.sorted(by: { $0.key < $1.key }) {
            guard !FileManager.default.fileExists(atPath: folder) else { continue }
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
            } catch {
                throw Failure("The folder \(folder) cannot be made: \(error.localizedDescription)", .cannotCreate)
            }
        }
    }

    func write(_ text: String, to path: String, mode: UInt32) throws(Failure) {
        do throws(InstallError) {
            try files.write(Array(text.utf8), to: path, mode: mode)
        } catch {
            throw Failure(error.description, .ioError)
        }
    }

    /// Writes the PAM service file that checks the system's accounts first and then the users of EXAConf.
    func writePAMFile(service: String) throws(Failure) {
        // PAM needs the running program's own path, whatever it was called by.
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/usr/sbin/confd"
        let readsShadow = FileManager.default.isReadableFile(atPath: "/etc/shadow")
        let text: String
        do throws(PAMServiceFile.UnusablePath) {
            text = try PAMServiceFile.text(program: program, root: root.directory, asRoot: readsShadow)
        } catch {
            throw Failure("\(error.path): \(error.message)", .cannotCreate)
        }
        try write(text, to: "\(pamDirectory)/\(service)", mode: 0o644)
    }

    /// Makes a self-signed certificate unless there is one.
    func makeCertificate(for document: Document, node: Int) throws(Failure) {
        let ssl = document.ssl
        do throws(InstallError) {
            let certificate = try root.location(of: ssl.certificate, for: .writing)
            let key = try root.location(of: ssl.key, for: .writing)
            guard !FileManager.default.fileExists(atPath: certificate) else { return }
            let issued = try Self.selfSigned(document, node)
            try files.write(Array(issued.keyPEM.utf8), to: key, mode: 0o600)
            try files.write(Array(issued.certificatePEM.utf8), to: certificate, mode: 0o644)
        } catch {
            throw Failure(error.description, .ioError)
        }
    }

    private static func selfSigned(_ document: Document, _ node: Int) throws(InstallError) -> IssuedCertificate {
        let entry = document.nodes.first { $0.id == node }
        let address = entry?.privateNet.map { "\($0.address)" }
        let names = ["localhost", ProcessInfo.processInfo.hostName] + (entry.map { [$0.name] } ?? [])
        do throws(CertificateError) {
            return try SelfSigned.make(
                commonName: entry?.name ?? "confd", dnsNames: Array(Set(names)).sorted(),
                addresses: Array(Set(["127.0.0.1", "::1"] + (address.map { [$0] } ?? []))).sorted(),
                validityDays: 3650, now: Date())
        } catch {
            throw InstallError(error.message)
        }
    }
}
