package import JobEngine
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
}
