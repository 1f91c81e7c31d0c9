import Application
import EXAConf
import JobEngine
import OpenAPI
import Values

/// A file service as it is configured, with its state; passwords and keys are not told.
struct BucketFSItem: Observed {
    let service: BucketFSService
    let state: ObjectState
}

extension BucketFSItem {
    /// `/bucketfs`
    static let listing = Listing(
        path: "/bucketfs", one: "BucketFSService", many: "BucketFSServices", key: "bucketfs_name",
        keyText: "The name of a BucketFS service.", rights: (list: "bucketfs_list", item: "bucketfs_info"),
        detail: "Its state was found when it was looked at last.", shown: representation,
        filters: [.init("state", "Only services in this state.") { [$0.state.actual] }],
        name: { $0.service.name },
        items: { inventory in
            inventory.document.bucketFSServices.map {
                BucketFSItem(service: $0, state: inventory.state(.fileService, $0.name, unless: "serving"))
            }
        })

    private static let representation = Representation<BucketFSItem>(
        "BucketFSService", "A BucketFS service.",
        members: [.has("name", Schema.text("Its name."), like: "bfsdefault") { .string($0.service.name) }]
            + Representation.Member.state(
                ["serving", "closed"],
                "serving: it answers at its ports on every node. closed: on one it does not.")
            + [
                .may("http_port", port("Where it answers plain HTTP; absent for nowhere.")) {
                    number($0.service.httpPort)
                },
                .may("https_port", port("Where it answers HTTPS; absent for nowhere."), like: 2581) {
                    number($0.service.httpsPort)
                },
                .may(
                    "sync_period_s",
                    [
                        "type": "number", "format": "double",
                        "description": "Seconds between two rounds in which nodes compare.",
                    ],
                    like: 30
                ) { Int($0.service.syncPeriod).map { .double(Double($0) / 1000) } },
                .may("path", Schema.text("The folder it stores in; absent for the usual one.")) {
                    $0.service.path.map(Value.string)
                },
                .part("owner", of: .owner) { $0.service.owner },
                .list("buckets", "Its buckets.", of: bucket) { $0.service.buckets },
            ])

    private static let bucket = Representation<Bucket>(
        "BucketOfBucketFS", "A bucket of a service.",
        members: [
            .has("name", Schema.text("Its name in the service."), like: "default") { .string($0.name) },
            .has("public", Schema.truth("Whether everybody may read it."), like: true) { .bool($0.isPublic ?? false) },
            .has("additional_files", Schema.names("Extra entries, label:pattern."), like: []) {
                .strings($0.additionalFiles)
            },
        ])

    private static func port(_ text: String) -> Value { Schema.int(text, from: 1, to: 65_535) }
    private static func number(_ port: Int) -> Value? { port > 0 ? .int(port) : nil }
}
