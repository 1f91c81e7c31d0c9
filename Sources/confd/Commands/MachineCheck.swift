import Certificates
import EXAConf
import Foundation
import Glibc
import NodeAgent
import PAMAuthenticator

/// What the machine has to offer to an installation, and does not. Every line names its cure.
struct MachineCheck {
    private let settings: DaemonSettings
    private let installation: Installation
    private let document: Document?
    private let files = FileManager.default

    /// - Parameter document: The configuration, `nil` when it cannot be read.
    init(_ settings: DaemonSettings, _ installation: Installation, _ document: Document?) {
        self.settings = settings
        self.installation = installation
        self.document = document
    }

    /// What keeps the daemon from serving, or everybody from logging in.
    var problems: [String] {
        let required: [(holds: Bool, cure: String)] = [
            (
                access(installation.root.directory, W_OK) == 0,
                "Root: \(installation.root.directory) cannot be written. Run this as the user of the daemon, which has to "
                    + "own that folder."
            ),
            (
                files.isReadableFile(atPath: pamFile),
                "PAM: \(pamFile) cannot be read. "
                    + (settings.pamDirectory == nil
                        ? "'confd serve' writes it." : "Write it, or take back the setting 'pam.directory'.")
            ),
            (
                hasModule("pam_exec.so") && hasModule("pam_unix.so"),
                "PAM: pam_unix and pam_exec check passwords and are not installed: apt-get install libpam-modules."
            ),
        ]
        return required.filter { !$0.holds }.map(\.cure) + [pamProblem, portProblem].compactMap(\.self)
    }

    /// A file that can be read may still be none that PAM can use.
    private var pamProblem: String? {
        guard files.isReadableFile(atPath: pamFile) else { return nil }
        let folder = settings.pamDirectory ?? installation.pamDirectory
        return PAMAuthenticator.fault(service: settings.pamService, confdir: folder).map { fault in
            "PAM: nobody can be checked by \(pamFile): \(fault). "
                + (settings.pamDirectory == nil
                    ? "'confd serve' writes it anew." : "Correct it, or take back the setting 'pam.directory'.")
        }
    }

    /// What fails later, or is not safe.
    var notes: [String] {
        [
            note(
                isExecutable(settings.enginePath),
                "There is no database engine at \(settings.enginePath), so databases cannot be run. Install one, or name "
                    + "it by the setting 'engine.path'."),
            note(
                geteuid() != 0 || getpwnam(settings.engineUser) != nil,
                "There is no user '\(settings.engineUser)', whom the database engine runs as. PostgreSQL brings its own: "
                    + "apt-get install postgresql. Another one is named by the setting 'engine.user'."),
            note(
                settings.enginePath != DaemonSettings.shippedEngine || Self.hasPostgreSQL,
                "PostgreSQL is not installed, so databases cannot be run: apt-get install postgresql."),
            note(
                isExecutable("/usr/bin/setpriv") && isExecutable("/usr/bin/prlimit"),
                "setpriv and prlimit, which start programs as other users and limit them, are not installed: "
                    + "apt-get install util-linux."),
            note(
                ["/usr/bin/rclone", "/usr/local/bin/rclone"].contains(where: isExecutable),
                "rclone is not installed, so databases cannot be backed up or restored: apt-get install rclone."),
            note(
                settings.hasPages,
                "There is no status page in \(settings.pagesDirectory). Put the folder Public there, or name its place by "
                    + "the setting 'http.pages'."),
            note(
                !files.fileExists(atPath: firstPassword),
                "\(firstPassword) still holds the first password. Change it (confd_client user_passwd), then remove the "
                    + "file."),
            note(
                !settings.managesAccounts || NodeAccounts.lackingPrograms.isEmpty,
                "Accounts cannot follow EXAConf without \(NodeAccounts.lackingPrograms.joined(separator: ", ")): "
                    + "apt-get install passwd."),
            spaceNote, certificateNote,
        ].compactMap(\.self) + secretNotes + findings + AccountCheck(settings, installation).notes
            + (document.map {
                PortCheck(settings, installation, $0).notes + DatabaseCheck(settings, installation, $0).notes
            } ?? [])
    }

    /// Where Debian and PostgreSQL's own packages put it; the engine that ships looks there.
    private static var hasPostgreSQL: Bool {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.contains {
            FileManager.default.isExecutableFile(atPath: "/usr/lib/postgresql/\($0)/bin/postgres")
        }
    }

    /// What of the configuration is not used, and that nobody but the machine's own root can hand out every right.
    private var findings: [String] {
        guard let document else { return [] }
        let unused = document.findings(in: settings.placeRoots).map { "EXAConf: \($0)" }
        let isAdministered = document.users.contains { $0.isRoot && $0.isLoginEnabled && $0.passwordHash != nil }
        let cure =
            "No user of EXAConf has the rights of root and a password, so only root on this machine can give them: "
            + "confd_client user_modify, run as root, with additional_groups root for whom it is to be."
        return unused + (isAdministered ? [] : [cure])
    }

    private func note(_ holds: Bool, _ text: String) -> String? { holds ? nil : text }

    private var pamFile: String { "\(settings.pamDirectory ?? installation.pamDirectory)/\(settings.pamService)" }
    private var firstPassword: String { installation.root.etc + "/admin.password" }

    private func isExecutable(_ path: String) -> Bool { files.isExecutableFile(atPath: path) }

    private func hasModule(_ name: String) -> Bool {
        ["/lib", "/usr/lib"].contains { base in
            let folders = [""] + ((try? files.contentsOfDirectory(atPath: base)) ?? [])
            return folders.contains { files.fileExists(atPath: "\(base)/\($0)/security/\(name)") }
        }
    }

    private var spaceNote: String? {
        let attributes = try? files.attributesOfFileSystem(forPath: installation.root.directory)
        guard let free = attributes?[.systemFreeSize] as? Int, free < 1 << 30 else { return nil }
        return "\(installation.root.directory) has only \(free >> 20) MiB left. Without space no job can be kept: make "
            + "room (du -xh \(installation.root.directory))."
    }

    private var certificateNote: String? {
        guard let ssl = document?.ssl, let path = try? installation.root.location(.certificate, ssl.certificate),
            let bytes = files.contents(atPath: path),
            let leaf = try? CertificateChain(pem: String(decoding: bytes, as: UTF8.self)).leaf,
            leaf.notAfter.timeIntervalSinceNow < 30 * 86_400
        else { return nil }
        return
            "The certificate \(path) ends on \(leaf.notAfter.ISO8601Format()). Bring a new one: confd_client cert_update."
    }

    private var secretNotes: [String] {
        let key = document.flatMap { try? installation.root.location(.certificate, $0.ssl.key) }
        return [installation.root.configuration, key, firstPassword].compactMap { path in
            var status = stat()
            guard let path, stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
            return "\(path) holds secrets and is open to others: chmod 600 \(path)."
        }
    }

    /// Somebody else on the port the daemon is to listen on.
    private var portProblem: String? {
        guard let port = settings.port ?? document?.global.xmlRPCPort,
            let fault = PortProbe(address: settings.bindAddress, port: port).fault, !isDaemonRunning
        else { return nil }
        let cure =
            switch fault {
            case EADDRINUSE:
                "Another program has it, 'ss -ltnp sport = :\(port)' names it: stop that, or set 'http.port'."
            case EACCES: "Ports below 1024 are root's: run the daemon as root, or set 'http.port'."
            case EADDRNOTAVAIL: "This machine does not have that address: set 'http.bind' ('ip address' lists them)."
            default: String(cString: strerror(fault)) + "."
            }
        return "Port: \(settings.bindAddress):\(port) cannot be listened on. \(cure)"
    }

    private var isDaemonRunning: Bool {
        do throws(Failure) {
            return try InstallationLock.holder(of: installation) != nil
        } catch {
            return error.code == .unavailable
        }
    }
}
