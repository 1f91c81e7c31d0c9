import ArgumentParser
import Certificates
import EXAConf
import Foundation
import Gateway
import JobEngine
import SQLiteStore

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for problems of an installation and say how to cure them.",
        discussion: "Exits with 0 when nothing keeps the daemon from serving.")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await reporting {
            let settings = try await DaemonSettings.read(root: options.root)
            let installation = Installation(settings)
            let document = try installation.document()
            var problems = configurationProblems(document)
            problems += certificateProblems(document, installation)
            problems += pamProblems(settings, installation)
            problems += PluginJobs(installation.root).read().faults.sorted(by: <).map { "jobs.d: \($0): \($1)" }
            if let problem = await storeProblem(installation, settings) { problems.append(problem) }
            guard problems.isEmpty else { throw Failure(problems.joined(separator: "\nconfd: "), .badData) }
            StandardOutput.write(
                "ok: EXAConf revision \(document.revision), certificate, PAM file and store are usable\n")
        }
    }

    private func configurationProblems(_ document: Document) -> [String] {
        do throws(EXAConfError) {
            try document.validate()
            try document.verifyChecksum()
            return []
        } catch {
            return ["EXAConf: \(error.message)"]
        }
    }

    private func certificateProblems(_ document: Document, _ installation: Installation) -> [String] {
        do {
            _ = try TLSContexts(identity: try TLSFiles(document, installation.root).identity())
            return []
        } catch {
            return ["TLS: \(error)"]
        }
    }

    private func pamProblems(_ settings: DaemonSettings, _ installation: Installation) -> [String] {
        let path = "\(settings.pamDirectory ?? installation.pamDirectory)/\(settings.pamService)"
        if FileManager.default.isReadableFile(atPath: path) { return [] }
        return ["PAM: \(path) cannot be read. 'confd serve' writes it, unless the setting pam.directory is set."]
    }

    private func storeProblem(_ installation: Installation, _ settings: DaemonSettings) async -> String? {
        guard FileManager.default.fileExists(atPath: installation.storeDirectory) else { return nil }
        do {
            let file = try Daemon.openStore(installation, settings.makeLogger())
            _ = try await SQLiteStore(file).open()
            let chain = try await SQLiteAudit(file).verifyAuditChain()
            guard let place = chain.firstBreak else { return nil }
            return "Audit log: record \(place) of \(chain.entries) is missing or was altered. Compare the log with a "
                + "backup to find out what was changed."
        } catch {
            return "Store: \(error)"
        }
    }
}
