import Certificates
import EXAConf
import Foundation
import JobEngine
import NodeAgent
import PAMAuthenticator
import SQLiteStore

/// The files of one node, and how a fresh set of them is made.
struct Installation {
    let root: InstallationRoot
    private let files = DurableFile()

    init(_ settings: DaemonSettings) {
        root = InstallationRoot(settings.root, roots: settings.placeRoots)
    }

    /// The same where the settings do not matter.
    init(root directory: String) {
        root = InstallationRoot(directory)
    }

    var storeDirectory: String { root.spool + "/jobs" }
    var pamDirectory: String { root.etc + "/pam.d" }

    var hasConfiguration: Bool { FileManager.default.fileExists(atPath: root.configuration) }

    /// Whether a daemon ever kept anything here.
    var hasStore: Bool { FileManager.default.fileExists(atPath: storeDirectory + "/" + SQLiteFile.name) }

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

    /// Which configuration counts: the file, or the decided revision it is not the edit of.
    ///
    /// - Throws: ``Failure`` naming the cure when neither can be used.
    func settled(beside head: RevisionRecord?) throws(Failure) -> StartingConfiguration {
        let file = Result { () throws(InstallError) in try files.read(root.configuration) }
        do throws(JobError) {
            switch file {
            case .success(let bytes): return try StartingConfiguration(file: bytes, head: head)
            case .failure(let error):
                return try StartingConfiguration(
                    unreadable: JobError(.configurationModified, error.description), head: head)
            }
        } catch {
            throw Failure(error)
        }
    }

    /// Makes the folders of an installation, and gives those that are there their modes.
    ///
    /// - Parameter socketGroup: Who may open the socket besides the daemon's account.
    /// - Returns: The folders and files that had other modes.
    @discardableResult
    func makeFolders(socketGroup: UInt32? = nil) throws(Failure) -> [String] {
        do throws(InstallError) {
            return try TreeModes(root, socketGroup: socketGroup).settle()
        } catch {
            throw Failure(error.description, .cannotCreate)
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
        try write(text, to: "\(pamDirectory)/\(service)", mode: 0o600)
    }

    /// Makes a self-signed certificate unless there is one, or a key that somebody put there for one.
    func makeCertificate(for document: Document, node: Int) throws(Failure) {
        let ssl = document.ssl
        do throws(InstallError) {
            // What lies elsewhere is not made, and not served: see ``ConfigurationFinding``.
            guard let certificate = try? root.location(.certificate, ssl.certificate),
                let key = try? root.location(.certificate, ssl.key)
            else { return }
            guard ![certificate, key].contains(where: FileManager.default.fileExists(atPath:)) else { return }
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
