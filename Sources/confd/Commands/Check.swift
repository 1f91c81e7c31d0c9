import ArgumentParser
import Certificates
import EXAConf
import Foundation
import Gateway
import JobEngine
import Posix
import SQLiteStore
import Values

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for problems of an installation and say how to cure them.",
        discussion: """
            Problems go to standard error, one a line. Notes, on standard output, are of what fails later or is unsafe. \
            Exits with 0 when nothing keeps the daemon from serving.
            """)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            let installation = Installation(settings)
            let bytes = Result { () throws(Failure) in try installation.configurationBytes() }
            let document = (try? bytes.get()).flatMap { try? Document(parsing: $0) }
            let machine = MachineCheck(settings, installation: installation, document: document)
            let told = DaemonFindings(settings, installation).notes
            for note in machine.notes + told { StandardOutput.write("note: \(note)\n") }
            var problems: [String] = []
            switch bytes {
            case .success(let bytes): problems += configurationProblems(bytes)
            case .failure(let failure): problems.append(failure.description)
            }
            if let document {
                problems += certificateProblems(document, installation, revocations: RevocationFile(settings))
            }
            problems += machine.problems
            problems += PluginJobs(installation.root).read().faults.sorted(by: <).map { "jobs.d: \($0): \($1)" }
            if let problem = await storeProblem(installation, settings) { problems.append(problem) }
            guard problems.isEmpty else { throw Failure(problems.joined(separator: "\nconfd: "), .badData) }
            let revision = document.map { String($0.revision) } ?? "unknown"
            StandardOutput.write("ok: nothing keeps the daemon from serving revision \(revision) of EXAConf\n")
        }
    }

    private func configurationProblems(_ bytes: [UInt8]) -> [String] {
        let faults = Document.faults(of: bytes)
        guard faults.isEmpty else { return faults.map { "EXAConf: \($0)" } }
        do throws(EXAConfError) {
            _ = try Document(loading: bytes)
            return []
        } catch {
            return ["EXAConf: \(error.message)"]
        }
    }

    private func certificateProblems(
        _ document: Document, _ installation: Installation, revocations: RevocationFile?
    ) -> [String] {
        if installation.makesCertificate(for: document) { return [] }
        let files = TLSFiles(document, installation.root, revocations: revocations)
        do throws(Failure) {
            _ = try files.usableIdentity()
            return []
        } catch {
            let cure = "Put a certificate and its key there, in PEM, or remove both: 'confd serve' then makes new ones."
            let kept = KeptIdentity(installation.root)
            let isKept = (try? files.policy()).flatMap { kept.identity($0, files) } != nil
            return [
                "TLS: \(error) \(cure)"
                    + (isKept ? " Until then 'confd serve' uses the identity that was used last, \(kept.path)." : "")
            ]
        }
    }

    private func storeProblem(_ installation: Installation, _ settings: DaemonSettings) async -> String? {
        guard Path.exists(installation.storeDirectory) else { return nil }
        do {
            let file = try Daemon.openStore(installation, settings.makeLogger())
            _ = try await SQLiteStore(file).open()
            let chain = try await SQLiteAudit(file).verifyAuditChain()
            guard let fault = chain.fault else { return nil }
            return "Audit log: \(fault). Compare the log with a backup to find out what was changed."
        } catch {
            return "Store: \(error)"
        }
    }
}
