import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `plugin_list`: the plugins that are in a bucket.
    package static let pluginList = JobDefinition(
        name: "plugin_list", noun: "plugin", summary: "All plugins.", mode: .read, permission: .administration,
        result: "List of the names of the plugins that were added.",
        work: .answer { (context) throws(JobError) in
            .strings(Plugin.all(in: context.document).map(\.name))
        }
    ).with { $0.answer = .names }

    /// `plugin_info`: where a plugin is.
    package static let pluginInfo = JobDefinition(
        name: "plugin_info", noun: "plugin", summary: "Details of one plugin.", mode: .read,
        permission: .administration, result: "Dict: name, bucketfs_name, bucket_name, dir.",
        work: .answer { (context) throws(JobError) in
            try Plugin.given(context.arguments, in: context.document).value
        }
    ).with {
        $0.answer = .plugin
        $0.mandatory = [.pluginName]
        $0.example = ["plugin_name": "Plugin1"]
    }

    /// `plugin_add`: copies a plugin on each node from its stock into a bucket and keeps in the configuration where it is.
    package static let pluginAdd = JobDefinition(
        name: "plugin_add", noun: "plugin", summary: "Put a plugin into a bucket.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let plugin = try Plugin(context.arguments)
            guard !document.contains(plugin.section) else { throw .exists("plugin \(plugin.name)") }
            try plugin.add(to: &document, context)
            let place = try plugin.place(in: document)
            return Plan(
                commands: try context.reachableNodes.map { (node) throws(JobError) in
                    try Command(PluginInstall(place), on: node)
                }.sideBySide)
        }
    ).with {
        $0.help = """
            The plugin is the file or folder of that name in `/exa/plugins` of each node: every node takes it from its own \
            stock into its own bucket, one that is away when it is back. A bucket that is not there is made, with random \
            passwords.
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

    /// `plugin_remove`: takes a plugin out of its bucket and out of the configuration; the bucket and the stock stay.
    package static let pluginRemove = JobDefinition(
        name: "plugin_remove", noun: "plugin", summary: "Remove a plugin.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let plugin = try Plugin.given(context.arguments, in: document)
            let place = try plugin.place(in: document)
            document.removeSection(plugin.section)
            return Plan(
                commands: try context.reachableNodes.map { (node) throws(JobError) in
                    try Command(PluginRemove(place), on: node)
                }.sideBySide)
        }
    ).with {
        $0.mandatory = [.pluginName]
        $0.locks = { _ in [.exclusive("plugins")] }
        $0.undoes = .undoes(of: PluginRemove.self)
        $0.example = ["plugin_name": "Plugin1"]
    }
}

extension Shape {
    fileprivate static let plugin = Shape.object(
        "PluginInfoResult", text: "A plugin.",
        members: [.has("name", .str), .has("bucketfs_name", .str), .has("bucket_name", .str), .has("dir", .str)])
}

extension Parameter {
    static let pluginName = Parameter("plugin_name", .str, text: "Name of the plugin.")
}
