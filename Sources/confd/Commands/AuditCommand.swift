import Access
import ArgumentParser
import JobEngine
import SQLiteStore
import Values

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Look after the audit log.", subcommands: [AuditVerify.self])
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compute the chain of all audit records again, archives included.",
        discussion: """
            Prints a line: PASS with the number of records and the digest of the newest, and exits with 0; or FAIL with the \
            file and the record that is missing, altered or out of its place, and exits with 1. Records in which the name \
            of a removed user was replaced are counted: a later record of the log has to say so of exactly these. Changes \
            nothing; the daemon may run.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let installation = Installation(try await DaemonSettings.read(root: options.root))
            switch Self.examine(installation.storeDirectory) {
            case .success(let line): StandardOutput.write("PASS: \(line)\n")
            case .failure(let finding):
                StandardOutput.write("FAIL: \(finding)\n")
                throw ExitCode.failure
            }
        }
    }

    private struct Finding: Error, CustomStringConvertible {
        let description: String
    }

    private static func examine(_ folder: String) -> Result<String, Finding> {
        do throws(StoreError) {
            switch try SQLiteAudit.verify(inFolder: folder) {
            case .success(let whole) where whole.end.sequence == 0: return .success("0 records")
            case .success(let whole):
                let (end, replaced) = (whole.end, whole.replaced)
                return .success(
                    "\(end.sequence) records, 1 to \(end.sequence), head \(Hex.text(end.hash))"
                        + (replaced == 0 ? "" : ", \(replaced) of them pseudonymised"))
            case .failure(let damage): return .failure(Finding(description: "\(damage)"))
            }
        } catch {
            return .failure(Finding(description: "\(error)"))
        }
    }
}
