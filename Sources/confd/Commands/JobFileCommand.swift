import ArgumentParser
import JobEngine
import SQLiteStore

struct JobFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job-file", abstract: "Print everything that is known of a job, as text with sections.")

    @OptionGroup var options: RootOptions
    @Argument(help: "The job's id, such as 11.89.")
    var id: String

    func run() async throws {
        try await reporting {
            guard let job = JobID(id) else {
                throw Failure("'\(id)' is no job id; one looks like 11.89.", .validationFailure)
            }
            let settings = try await DaemonSettings.read(root: options.root)
            let store = SQLiteStore(try Daemon.openStore(Installation(settings), settings.makeLogger()))
            guard let record = try await record(job, store) else { throw Failure("There is no job \(job).", .failure) }
            StandardOutput.write(JobFile(record).description)
        }
    }

    private func record(_ job: JobID, _ store: SQLiteStore) async throws(Failure) -> JobRecord? {
        do throws(StoreError) {
            if let record = try await store.job(job) { return record }
            return try await store.archivedRecord(job)
        } catch {
            throw Failure("\(error)", .ioError)
        }
    }
}
