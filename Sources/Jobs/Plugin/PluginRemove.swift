import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `plugin_remove`: takes a plugin out of its bucket and out of the configuration; the bucket and the stock stay.
    package static let pluginRemove = JobDefinition(
        name: "plugin_remove", noun: "plugin", summary: "Remove a plugin.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let plugin = try Plugin.given(context.arguments, in: document)
            let place = try plugin.place(in: document)
            document.removeSection(plugin.section)
            return Plan(commands: [try Command(PluginRemove(place), on: context.cluster.ownNode)])
        }
    ).with {
        $0.mandatory = [.pluginName]
        $0.locks = { _ in [.exclusive("plugins")] }
        $0.undoes = .undoes(of: PluginRemove.self)
        $0.example = ["plugin_name": "Plugin1"]
    }
}
