package import JobEngine
import Values

extension JobDefinition {
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
}

extension Shape {
    fileprivate static let plugin = Shape.object(
        "PluginInfoResult", "A plugin.",
        [.has("name", .str), .has("bucketfs_name", .str), .has("bucket_name", .str), .has("dir", .str)])
}
