import Certificates
import EXAConf
import Foundation
import JobEngine
import NodeAgent
import PAMAuthenticator
import Posix
import SQLiteStore
import Values

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

    var hasConfiguration: Bool { Path.exists(root.configuration) }

    /// Whether a daemon ever kept anything here.
    var hasStore: Bool { Path.exists(storeDirectory + "/" + SQLiteFile.name) }

    /// Whether nothing of a cluster is here, neither its configuration nor its history.
    var isEmpty: Bool { !hasConfiguration && !hasHistory }

    /// Whether anything of a history is here; the folder and the lock in it are made by whoever looks.
    var hasHistory: Bool {
        guard Path.exists(storeDirectory) else { return false }
        // One that cannot be read may hold what nobody must lose.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: storeDirectory) else { return true }
        return names != [] && names != [InstallationLock.name]
    }

    /// The bytes of the configuration file as they are now.
    ///
    /// - Throws: ``Failure`` naming the cure.
    func configurationBytes() throws(Failure) -> [UInt8] {
        do throws(SystemFault) {
            return try Descriptor.content(of: root.configuration, upTo: DurableFile.sizeLimit)
        } catch {
            let cure = isEmpty ? "Run 'confd init' to make a fresh cluster." : "'confd serve' restores a lost file."
            throw Failure("\(root.configuration) cannot be read. \(cure)", .badData)
        }
    }

    /// Whether a start makes the certificate `[SSL]` names, because its key is not there, and neither is it, unless a start
    /// that was cut off made it.
    func makesCertificate(for document: Document) -> Bool {
        guard let files = certificateFiles(of: document), !Path.exists(files.key) else { return false }
        return !Path.exists(files.certificate) || isCutOff(files.certificate)
    }

    /// Whether a certificate of our own never came to its key, which is written behind it: nobody was shown it.
    private func isCutOff(_ certificate: String) -> Bool {
        guard !Path.exists(KeptIdentity(root).path), let bytes = try? files.read(certificate),
            let chain = try? CertificateChain(pem: bytes)
        else { return false }
        return chain.leaf.isMadeByDaemon
    }

    /// `nil` when one of them lies elsewhere than certificates do.
    private func certificateFiles(of document: Document) -> (certificate: String, key: String)? {
        guard let certificate = try? root.location(.certificate, document.ssl.certificate),
            let key = try? root.location(.certificate, document.ssl.key)
        else { return nil }
        return (certificate, key)
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
        let program = Path.target(ofLink: "/proc/self/exe") ?? "/usr/sbin/confd"
        let readsShadow = Path.isReadable("/etc/shadow")
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
        // What lies elsewhere is not made, and not served: see ``ConfigurationFinding``.
        guard makesCertificate(for: document), let place = certificateFiles(of: document) else { return }
        do throws(InstallError) {
            let issued = try Self.selfSigned(document, node)
            // The key comes last: one that lies there alone is somebody's, a certificate of ours that does is remade.
            try files.write(Array(issued.certificatePEM.utf8), to: place.certificate, mode: 0o644)
            try files.write(Array(issued.keyPEM.utf8), to: place.key, mode: 0o600)
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
                validityDays: SelfSigned.usualDays, now: Date())
        } catch {
            throw InstallError(error.message)
        }
    }
}
