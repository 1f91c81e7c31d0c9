import JobEngine
import Jobs
import Logging
import NodeAgent

/// The catalogue of the daemon's own jobs and those in `jobs.d`.
struct PluginJobs: Sendable {
    private let folder: JobFolder
    private let own: JobCatalogue

    /// - Parameter own: The daemon's own jobs.
    init(_ root: InstallationRoot, own: JobCatalogue = .confd) {
        folder = JobFolder(root)
        self.own = own
    }

    /// Reads `jobs.d` anew. A folder that cannot be used takes away its own job and no other.
    ///
    /// - Parameters:
    ///   - edition: Above that of the catalogue it takes the place of.
    ///   - logger: Told what cannot be used and why.
    func catalogue(edition: Int, _ logger: Logger) -> JobCatalogue {
        let (jobs, faults) = read()
        for (name, fault) in faults.sorted(by: { $0.key < $1.key }) {
            logger.error("job of jobs.d not served", metadata: ["job": "\(name)", "cause": "\(fault)"])
        }
        return own.joined(by: jobs.map(\.definition), unusable: faults, edition: edition)
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
