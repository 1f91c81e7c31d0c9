import JobEngine
import Jobs
import Logging
import NodeAgent
import Synchronization

/// The catalogue of the daemon's own jobs and those in `jobs.d`.
final class PluginJobs: Sendable {
    private let folder: JobFolder
    private let own: JobCatalogue
    private let edition = Mutex(0)

    /// - Parameter own: The daemon's own jobs.
    init(_ root: InstallationRoot, own: JobCatalogue = .confd) {
        folder = JobFolder(root)
        self.own = own
    }

    /// Reads `jobs.d` anew. A folder that cannot be used takes away its own job and no other.
    ///
    /// - Parameter logger: Told what cannot be used and why.
    func catalogue(_ logger: Logger) -> JobCatalogue {
        let (jobs, faults) = read()
        for (name, fault) in faults.sorted(by: { $0.key < $1.key }) {
            logger.error("job of jobs.d not served", metadata: ["job": "\(name)", "cause": "\(fault)"])
        }
        let next = edition.withLock { edition in
            edition += 1
            return edition
        }
        return own.joined(by: jobs.map(\.definition), unusable: faults, edition: next)
    }

    /// What is usable, and what is wrong with the rest, by name.
    func read() -> (jobs: [JobManifest], faults: [String: String]) {
        let entries: [JobFolder.Entry]
        do throws(InstallError) {
            entries = try folder.entries()
        } catch {
            return ([], ["jobs.d": error.description])
        }
        var jobs: [JobManifest] = []
        var faults: [String: String] = [:]
        for entry in entries {
            do {
                let manifest = try JobManifest(try entry.manifest.get(), name: entry.name)
                guard !own.names.contains(entry.name) else {
                    faults[entry.name] = "The daemon has a job of this name; rename the folder."
                    continue
                }
                jobs.append(manifest)
            } catch {
                faults[entry.name] = "\(error)"
            }
        }
        return (jobs, faults)
    }
}
