import Access
import EXAConf
package import JobEngine
import Logging
import NodeCommands
import Posix
import Synchronization
import Values

/// Plugins in the buckets of this machine follow the configuration, whether or not the node was there as they were added or
/// removed: each is brought from the node's own stock, and goes when its section does.
///
/// A copy that is there is left alone, whoever made it. Only what stands in the record `etc/plugins.json` is removed.
package final class PluginCopies: Reconciler {
    package let name = "plugins"
    package let moment = ReconcilerMoment.beforeAcknowledging
    private let agent: NodeAgent
    /// By plugin, why it is not as it should be; told once.
    private let told = Mutex<[String: String]>([:])

    /// Buckets and stock below the agent's root, worked on by its thread: no command changes them meanwhile.
    package init(_ agent: NodeAgent) { self.agent = agent }

    package func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        let wanted = latest.document.placedPlugins
        if let former, former.revision != latest.revision, former.document.placedPlugins == wanted { return }
        let faults = try await agent.settle(wanted)
        let known = told.withLock { told in
            defer { told = faults }
            return told
        }
        for (plugin, cause) in faults where known[plugin] != cause {
            agent.logger.warning("plugin does not follow", metadata: ["plugin": "\(plugin)", "cause": "\(cause)"])
        }
        // How the node is may be asked without login: names are for the log.
        if !faults.isEmpty {
            throw InstallError(
                "\(faults.count) plugins are not in their buckets as they should be; the log names them.")
        }
    }
}

extension Document {
    /// Plugins whose bucket is there, by the order of the file.
    fileprivate var placedPlugins: [BucketPlugin] {
        plugins.compactMap { plugin in
            guard let service = bucketFSServices.first(where: { $0.name == plugin.service }),
                service.buckets.contains(where: { $0.name == plugin.bucket })
            else { return nil }
            let owner = service.owner ?? .standard
            let folder = "\(service.folder)/\(plugin.bucket)/\(plugin.directory)"
            return BucketPlugin(plugin.name, in: folder, owner: (owner.user, owner.group))
        }
    }
}

extension NodeAgent {
    /// Brings what is wanted and removes what the record has beside it.
    ///
    /// - Returns: By name, why a plugin is not as it should be.
    /// - Throws: ``InstallError`` when the record cannot be read or kept: nothing is removed then.
    fileprivate func settle(_ wanted: [BucketPlugin]) throws(InstallError) -> [String: String] {
        let path = root.etc + "/plugins.json"
        let known = try PluginRecord(reading: durable.read(path), from: path).plugins
        var (kept, faults) = ([BucketPlugin](), [String: String]())
        let places = Set(wanted.map(\.path))
        for plugin in known where !places.contains(plugin.path) {
            do throws(ActionError) {
                _ = try PluginRemove(plugin).run(call)
            } catch {
                kept.append(plugin)
                faults[plugin.name] = "It could not be removed: \(error)"
            }
        }
        let ours = Set(known.map(\.path))
        for plugin in wanted {
            do throws(ActionError) {
                if try !isPresent(plugin) { _ = try PluginInstall(plugin).run(call) }
                kept.append(plugin)
            } catch {
                faults[plugin.name] = "\(error)"
                // What was here once is removed once, if somebody brings it back by hand.
                if ours.contains(plugin.path) { kept.append(plugin) }
            }
        }
        if kept != known { try durable.write(PluginRecord(plugins: kept).bytes, to: path, mode: 0o600) }
        return faults
    }

    private func isPresent(_ plugin: BucketPlugin) throws(ActionError) -> Bool {
        let place = try PluginPlace(plugin, root)
        var isPresent = false
        try place.reporting { () throws(SystemFault) in isPresent = try place.present(root)?.has(place.name) == true }
        return isPresent
    }

    /// What is copied may be large.
    private var call: ActionCall {
        ActionCall(
            root: root, files: durable, job: JobID(node: 0, number: 0), step: 0, time: time,
            end: time.monotonic + .seconds(600))
    }
}

extension BucketPlugin {
    /// Where the copy lies, below `/exa`.
    fileprivate var path: String { "\(folder)/\(name)" }
}
