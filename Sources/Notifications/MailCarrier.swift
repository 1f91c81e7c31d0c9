import Posix
import Subprocess
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Hands notices to the machine's own mail program, as every program of the system does: it knows the relay, its login and
/// its TLS, and keeps mail while the relay is away.
package struct MailCarrier: Sendable {
    private let program: String
    private let sender: String?

    /// How long the program may take.
    private static let patience = Duration.seconds(30)
    /// sysexits.h: of no use to try again.
    private static let final: Set<Int32> = [64, 65, 66, 67, 68, 77, 78]

    /// - Parameters:
    ///   - program: Absolute path of a program that takes mail as sendmail does.
    ///   - sender: The mailbox mail comes from; `nil` for the program's own choice.
    package init(_ program: String, from sender: String?) { (self.program, self.sender) = (program, sender) }

    /// Returns when the program has taken it.
    ///
    /// - Throws: ``DeliveryFault``.
    func carry(_ notice: Notice, to recipient: String) async throws(DeliveryFault) {
        do throws(GuardedFile.Fault) {
            try GuardedFile.require(program)
        } catch {
            let isMissing = error.code == ENOENT
            throw DeliveryFault(
                isMissing
                    ? "there is no program \(program): install one (apt-get install msmtp-mta), or name it by the setting 'notifications.mail_program'"
                    : error.description, isFinal: !isMissing)
        }
        let mail = notice.mail(from: sender, to: recipient)
        let arguments = (sender.map { ["-f", $0] } ?? []) + ["-i", "--", recipient]
        let ended = try await run(arguments, mail)
        guard ended.code != 0 else { return }
        let said = ended.said.isEmpty ? "" : ": \(ended.said)"
        throw DeliveryFault("\(program) ended with \(ended.code)\(said)", isFinal: Self.final.contains(ended.code))
    }

    private func run(_ arguments: [String], _ mail: [UInt8]) async throws(DeliveryFault) -> (code: Int32, said: String)
    {
        let (program, patience) = (program, Self.patience)
        do {
            return try await withThrowingTaskGroup(of: (Int32, String)?.self) { group in
                group.addTask {
                    let answer = try await Subprocess.run(
                        .path(FilePath(program)), arguments: Arguments(arguments),
                        environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]), workingDirectory: "/",
                        input: .array(mail), output: .discarded, error: .string(limit: 65_536))
                    let words = answer.standardError.split(whereSeparator: \.isNewline).suffix(3)
                    let said = String(words.joined(separator: " ").prefix(500))
                    switch answer.terminationStatus {
                    case .exited(let code): return (Int32(code), said)
                    case .signaled(let signal): return (128 + Int32(signal), said)
                    }
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let ended = first else {
                    throw DeliveryFault("\(program) took longer than 30 seconds")
                }
                return ended
            }
        } catch let fault as DeliveryFault {
            throw fault
        } catch {
            throw DeliveryFault("\(program) could not be run (\(type(of: error)))")
        }
    }
}
