import JobEngine
import Values

/// A kind of thing of the cluster as a resource: which jobs of the catalogue stand behind its paths.
///
/// Parameters of a path have the names jobs know them by, so that a segment of the path becomes the job's parameter of
/// that name. Of the operations, those are served whose jobs are in the catalogue.
struct View: Sendable {
    /// The path of all of them, such as `/bucketfs/{bucketfs_name}/buckets`.
    let path: String
    /// What one is called in operation ids and schemas, such as `Bucket`.
    let one: String
    /// What all of them are called there, such as `Buckets`.
    let many: String
    /// The parameter of the path that names one; `nil` where there is only one.
    let key: String?
    /// The member that holds in an item what names it in the path.
    let label: String
    let operations: [ViewOperation]

    init(
        _ path: String, one: String, many: String, key: String?, label: String = "name",
        _ operations: [ViewOperation]
    ) {
        self.path = path
        self.one = one
        self.many = many
        self.key = key
        self.label = label
        self.operations = operations
    }

    /// What there is only one of.
    init(_ path: String, one: String, _ operations: [ViewOperation]) {
        self.init(path, one: one, many: one, key: nil, operations)
    }

    /// The last word of the path, and the heading of its routes in the OpenAPI document.
    var tag: String { path.split(separator: "/").last { !$0.hasPrefix("{") }.map(String.init) ?? "" }
    /// The same for people.
    var words: String { tag.replacing("-", with: " ") }
    /// Whether each item has its label.
    var isLabelled: Bool { key != nil || operations.contains { $0.answer == .items } }
}
