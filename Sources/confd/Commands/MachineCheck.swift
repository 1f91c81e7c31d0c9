import Certificates
import EXAConf
import Foundation
import Glibc
import NodeAgent
import PAMAuthenticator
import Posix
import SQLiteStore

/// What the machine has to offer to an installation, and does not. Every line names its cure.
struct MachineCheck {
    private let settings: DaemonSettings
    private let installation: Installation
    private let document: Document?

    /// - Parameter document: The configuration, `nil` when it cannot be read.
    init(_ settings: DaemonSettings, installation: Installation, document: Document?) {
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
                settings[\.pamDirectory] == nil || Path.isReadable(pamFile),
                "PAM: \(pamFile) cannot be read. Write it, or take back the setting 'pam.directory'."
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
        guard Path.isReadable(pamFile) else { return nil }
        let folder = settings[\.pamDirectory] ?? installation.pamDirectory
        return PAMAuthenticator.fault(service: settings[\.pamService], confdir: folder).map { fault in
            "PAM: nobody can be checked by \(pamFile): \(fault). "
                + (settings[\.pamDirectory] == nil
                    ? "'confd serve' writes it anew." : "Correct it, or take back the setting 'pam.directory'.")
        }
    }

    /// What fails later, or is not safe.
    var notes: [String] {
        [
            note(
                settings[\.pamDirectory] != nil || Path.exists(pamFile),
                "\(pamFile), by which passwords are checked, is not there yet: 'confd serve' writes it."),
            note(
                document.map { !installation.makesCertificate(for: $0) } ?? true,
                "The certificate of EXAConf is not there yet: 'confd serve' makes one that is self-signed."),
            note(
                isExecutable(settings.enginePath),
                "There is no database engine at \(settings.enginePath), so databases cannot be run. Install one, or name "
                    + "it by the setting 'engine.path'."),
            note(
                geteuid() != 0 || getpwnam(settings[\.engineUser]) != nil,
                "There is no user '\(settings[\.engineUser])', whom the database engine runs as. PostgreSQL brings its "
                    + "own: apt-get install postgresql. Another one is named by the setting 'engine.user'."),
            note(
                settings.enginePath != DaemonSettings.shippedEngine || Self.hasPostgreSQL,
                "PostgreSQL is not installed, so databases cannot be run: apt-get install postgresql."),
            note(
                isExecutable("/usr/bin/setpriv") && isExecutable("/usr/bin/prlimit"),
                "setpriv and prlimit, which start programs as other users and limit them, are not installed: "
                    + "apt-get install util-linux."),
            note(
                geteuid() != 0 || getpwnam(settings[\.archiveUser]) != nil,
                "There is no user '\(settings[\.archiveUser])', whom remote volumes are reached as. Make it, or name another "
                    + "by the setting 'archives.user'."),
            note(
                geteuid() != 0 || settings[\.archiveUser] != settings[\.engineUser],
                "Remote volumes are reached as the user databases run as, so whoever may run programs in a database can read "
                    + "their passwords: name another by the setting 'archives.user'."),
            note(
                ["/usr/bin/rclone", "/usr/local/bin/rclone"].contains(where: isExecutable),
                "rclone is not installed, so databases cannot be backed up or restored: apt-get install rclone."),
            note(
                settings.hasPages,
                "There is no status page in \(settings.pagesDirectory). Put the folder Public there, or name its place by "
                    + "the setting 'http.pages'."),
            note(
                !Path.exists(firstPassword),
                "\(firstPassword) still holds the first password. Change it (confd_client user_passwd), then remove the "
                    + "file."),
            note(
                !settings[\.managesAccounts] || NodeAccounts.lackingPrograms.isEmpty,
                "Accounts cannot follow EXAConf without \(NodeAccounts.lackingPrograms.joined(separator: ", ")): "
                    + "apt-get install passwd."),
            spaceNote, certificateNote,
        ].compactMap(\.self) + secretNotes + findings + AccountCheck(settings, installation).notes
            + (document.map {
                PortCheck(settings, installation: installation, document: $0).notes
                    + DatabaseCheck(settings, installation: installation, document: $0).notes
            } ?? [])
    }

    /// Where Debian and PostgreSQL's own packages put it; the engine that ships looks there.
    private static var hasPostgreSQL: Bool {
        let versions = (try? Tree.names(in: .trusted("/usr/lib/postgresql"))) ?? []
        return versions.contains {
            Path.isExecutable("/usr/lib/postgresql/\($0)/bin/postgres")
        }
    }

    /// What of the configuration is not used, and that nobody but the machine's own root can hand out every right.
    private var findings: [String] {
        guard let document else { return [] }
        let unused = (document.findings(in: settings.placeRoots) + document.cautions()).map { "EXAConf: \($0)" }
        let isAdministered = document.users.contains { $0.isRoot && $0.isLoginEnabled && $0.passwordHash != nil }
        let cure =
            "No user of EXAConf has the rights of root and a password, so only root on this machine can give them: "
            + "confd_client user_modify, run as root, with additional_groups root for whom it is to be."
        let weak = document.users.filter { $0.passwordHash?.hasPrefix("$1$") == true }.map {
            "The password of user \($0.name) is kept as MD5 ($1$), which is quickly guessed by whoever gets hold of EXAConf: "
                + "give it anew, with confd_client user_passwd."
        }
        let unsafe = document.unsafeFindings.map { "EXAConf: \($0)" }
        return unused + unsafe + weak + (isAdministered ? [] : [cure])
    }

    private func note(_ holds: Bool, _ text: String) -> String? { holds ? nil : text }

    private var pamFile: String { "\(settings[\.pamDirectory] ?? installation.pamDirectory)/\(settings[\.pamService])" }
    private var firstPassword: String { installation.root.etc + "/admin.password" }

    private func isExecutable(_ path: String) -> Bool { Path.isExecutable(path) }

    private func hasModule(_ name: String) -> Bool {
        ["/lib", "/usr/lib"].contains { base in
            let folders = [""] + ((try? Tree.names(in: .trusted(base))) ?? [])
            return folders.contains { Path.exists("\(base)/\($0)/security/\(name)") }
        }
    }

    private var spaceNote: String? {
        guard let free = StoreSpace(installation.root.directory).measured?.free, free < 1 << 30 else { return nil }
        return "\(installation.root.directory) has only \(free >> 20) MiB left. Without space no job can be kept: make "
            + "room (du -xh \(installation.root.directory))."
    }

    private var certificateNote: String? {
        guard let ssl = document?.ssl, let path = try? installation.root.location(.certificate, ssl.certificate),
            let bytes = try? Descriptor.content(of: path, upTo: CertificateChain.sizeLimit),
            let leaf = try? CertificateChain(pem: String(decoding: bytes, as: UTF8.self)).leaf,
            let warning = leaf.warning(
                at: Date(), isRenewed: settings.renewsCertificates && leaf.isMadeByDaemon)
        else { return nil }
        return "The certificate \(path) is valid until \(leaf.notAfter.ISO8601Format()): \(warning)."
    }

    private var secretNotes: [String] {
        let key = document.flatMap { try? installation.root.location(.certificate, $0.ssl.key) }
        return [installation.root.configuration, key, firstPassword].compactMap { path in
            var status = stat()
            guard let path, stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
            return "\(path) holds secrets and is open to others: chmod 600 \(path)."
        }
    }

    /// What keeps the daemon from listening.
    private var portProblem: String? {
        guard document != nil || settings[\.port] != nil,
            let failure = ListenCheck(settings, document ?? Document()).failure, !isDaemonRunning
        else { return nil }
        return "Port: \(failure)"
    }

    private var isDaemonRunning: Bool {
        do throws(Failure) {
            return try InstallationLock.holder(of: installation) != nil
        } catch {
            return error.code == .unavailable
        }
    }
}
