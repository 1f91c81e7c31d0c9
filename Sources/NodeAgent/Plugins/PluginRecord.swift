import JobEngine
import NodeCommands
import Values

/// The plugins that were in buckets of this machine when its configuration was last followed.
struct PluginRecord: Sendable, Hashable {
    private static let version = 1

    let plugins: [BucketPlugin]

    /// A record of these.
    init(plugins: [BucketPlugin]) { self.plugins = plugins }

    /// Reads the record; no file, no plugins.
    ///
    /// - Throws: ``InstallError`` for one that cannot be read.
    init(reading bytes: [UInt8]?, from path: String) throws(InstallError) {
        guard let bytes else {
            plugins = []
            return
        }
        guard let record = try? JSON.parse(bytes).map, record["version"] == .int(Self.version),
            let plugins = try? (record["plugins"] ?? .null).decoded(as: [BucketPlugin].self)
        else {
            throw InstallError(
                "\(path) cannot be read, which says what plugins are in buckets of this node: put a copy back, or remove it. "
                    + "Without the file, plugins that are no longer configured stay where they are.")
        }
        self.plugins = plugins
    }

    /// The record as it is kept.
    ///
    /// - Throws: ``InstallError`` for what cannot be told as JSON.
    var bytes: [UInt8] {
        get throws(InstallError) {
            do {
                let listed = try Value(encoding: plugins)
                return JSON.bytes(["version": .int(Self.version), "plugins": listed]) + Array("\n".utf8)
            } catch {
                throw InstallError("The record of plugins cannot be made: \(error).")
            }
        }
    }
}
