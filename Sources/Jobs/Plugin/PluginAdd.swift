import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `plugin_add`: copies a plugin from the node's stock into a bucket and keeps in the configuration where it is.
    package static let pluginAdd = JobDefinition(
        name: "plugin_add", noun: "plugin", summary: "Put a plugin into a bucket.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let plugin = try Plugin(context.arguments)
            guard !document.contains(plugin.section) else { throw .exists("plugin \(plugin.name)") }
            try plugin.add(to: &document, context)
            let place = try plugin.place(in: document)
            return Plan(commands: [try Command(PluginInstall(place), on: context.cluster.ownNode)])
        }
    ).with {
        $0.help = """
            The plugin is the file or folder of that name in `/exa/plugins` of the node that decides. A bucket that is \
            not there is made, with random passwords.
            """
        $0.mandatory = [.pluginName]
        $0.optional = [
            Parameter("bucket_name", .str, text: "Name of the bucket; `default` when left out."),
            Parameter("bucketfs_name", .str, text: "Name of the BucketFS service; `bfsdefault` when left out."),
            Parameter("dir", .str, text: "Folder within the bucket.", default: "plugins"),
        ]
        $0.locks = { _ in [.exclusive("plugins")] }
        $0.undoes = .undoes(of: PluginInstall.self)
        $0.example = ["bucket_name": "default", "bucketfs_name": "bfsdefault", "plugin_name": "Plugin1"]
    }
}

extension Parameter {
    static let pluginName = Parameter("plugin_name", .str, text: "Name of the plugin.")
}
