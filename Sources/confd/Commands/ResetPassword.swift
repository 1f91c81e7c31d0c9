import Access
import ArgumentParser
import Glibc
import HTTPServer
import JobEngine
import NodeAgent
import Values

struct ResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Give a user of EXAConf a new password, as root of this machine, when nobody can log in.",
        discussion: """
            Asks for the password twice on a terminal; else it is the first line of standard input. With the daemon up \
            this is its job user_passwd, asked for over the local socket; with the daemon down a revision is made that \
            counts from its next start on. Sessions and tokens of the user end.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "Name of the user.")
    var user: String

    /// What the job and the revision say they are for.
    static let reason = "confd reset-password"

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            let installation = Installation(settings)
            guard installation.hasStore || Glibc.access(installation.storeDirectory, R_OK) == 0 || errno != EACCES
            else {
                throw Failure("Only root of this machine may do this, or the account the daemon runs as.", .notAllowed)
            }
            guard installation.hasStore else {
                throw Failure("No daemon ever ran on \(installation.root.directory); is --root right?", .badData)
            }
            let password = try PasswordInput.read()
            if try InstallationLock.holder(of: installation) == nil {
                let lock = try InstallationLock(installation)
                defer { lock.release() }
                let number = try await StoredReset(installation, settings.makeLogger()).reset(user, to: password)
                StandardOutput.write("The password of '\(user)' is changed with revision \(number).\n")
            } else {
                try askDaemon(settings, password)
            }
        }
    }

    private func askDaemon(_ settings: DaemonSettings, _ password: Password) throws(Failure) {
        guard let socket = try settings.localSocket() else {
            throw Failure(
                "The daemon runs and has no local socket ('http.socket'): stop it, and run this again.", .unavailable)
        }
        let text = password.withBytes { String(decoding: $0, as: UTF8.self) }
        let answer = try LocalRequest(socket: socket.path).post(
            "/jobs?wait=60s",
            [
                "type": "user_passwd", "priority": "high", "reason": .string(Self.reason),
                "params": ["username": .string(user), "password": .string(text), "encode_passwd": true],
            ])
        let id = answer.body["job_id"]?.string ?? "unknown"
        switch (answer.status, answer.body["outcome"]?.string) {
        case (401, _), (403, _):
            throw Failure(
                "The daemon lets only root of this machine do this. Run it as root, or stop the daemon first.",
                .notAllowed)
        case (_, "ok"):
            let revision = answer.body["revision"]?.int.map { " and revision \($0)" } ?? ""
            StandardOutput.write("The password of '\(user)' is changed with job \(id)\(revision).\n")
        case (202, nil):
            throw Failure(
                "Job \(id) has not ended: something holds the queue. 'confd_client watch \(id)' says what.", .notYet)
        case (_, let outcome):
            let cause =
                answer.body["result"]?["result_desc"]?.string ?? answer.body["detail"]?.string ?? "no reason was given"
            let isMissing = (answer.body["error_code"] ?? answer.body["code"])?.string == "object-missing"
            throw Failure(
                outcome == nil ? cause : "Job \(id) \(outcome ?? ""): \(cause)",
                isMissing ? .noUser : ExitCode(1))
        }
    }
}
