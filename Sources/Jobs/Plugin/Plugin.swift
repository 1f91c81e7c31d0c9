import EXAConf
import JobEngine
import NodeCommands
import Values

/// One `[Plugin: name]`: a plugin and the place it has in a bucket.
struct Plugin {
    let name: String
    let service: String
    let bucket: String
    let directory: String

    /// The plugin a caller describes, in its usual place unless the caller says otherwise.
    init(_ arguments: Arguments) throws(JobError) {
        name = try Self.plain(arguments.required("plugin_name"), "plugin_name")
        service = arguments.string("bucketfs_name") ?? "bfsdefault"
        bucket = arguments.string("bucket_name") ?? "default"
        directory = try Self.plain(arguments.string("dir") ?? "plugins", "dir")
    }

    private init(_ section: Section) {
        name = section.identifier
        service = section["BucketFS"] ?? "bfsdefault"
        bucket = section["Bucket"] ?? "default"
        directory = section["Dir"] ?? "plugins"
    }

    /// All plugins of a configuration, in the order of the file.
    static func all(in document: Document) -> [Plugin] { document.sections(kind: "Plugin").map { Plugin($0) } }

    /// The plugin the parameter `plugin_name` names.
    static func given(_ arguments: Arguments, in document: Document) throws(JobError) -> Plugin {
        let name = try arguments.required("plugin_name")
        guard let plugin = all(in: document).first(where: { $0.name == name }) else {
            throw .missing("plugin \(name.echoed)")
        }
        return plugin
    }

    var section: SectionPath { SectionPath([SectionName(kind: "Plugin", identifier: name)]) }

    /// What `plugin_info` tells.
    var value: Value {
        [
            "name": .string(name), "bucketfs_name": .string(service), "bucket_name": .string(bucket),
            "dir": .string(directory),
        ]
    }

    /// The folder that holds it, as a path below `/exa`.
    private func folder(in document: Document) throws(JobError) -> String {
        "\(try document.given(bucketFS: service).folder)/\(bucket)/\(directory)"
    }

    /// The same for commands on it.
    func place(in document: Document) throws(JobError) -> BucketPlugin {
        let owner = try document.given(bucketFS: service).owner ?? .standard
        return BucketPlugin(name, in: try folder(in: document), owner: (owner.user, owner.group))
    }

    /// Adds its section, and its bucket unless that is there.
    func add(to document: inout Document, _ context: JobContext) throws(JobError) {
        _ = try document.given(bucketFS: service)
        var random = context.random
        try document.edit(about: "bucket_name") { (draft) throws(EXAConfError) in
            if draft.bucket(named: bucket, service: service) == nil {
                try draft.addBucket(bucket, service: service, BucketSettings(isPublic: false), using: &random)
            }
            try draft.addSection(section)
            try draft.set("BucketFS", to: service, in: section)
            try draft.set("Bucket", to: bucket, in: section)
            try draft.set("Dir", to: directory, in: section)
        }
    }

    /// A text that can be the name of a file on every node.
    private static func plain(_ text: String, _ parameter: String) throws(JobError) -> String {
        let isPlain =
            (1...128).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "_-.".utf8.contains(byte)
                }
            }
        guard isPlain else {
            throw .invalid(parameter, "'\(parameter)': give letters, digits, '_', '-' and '.', no '.' in front.")
        }
        return text
    }
}
