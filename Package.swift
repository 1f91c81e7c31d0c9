// swift-tools-version: 6.2
import PackageDescription

// Each setting is here for one reason:
// - ExistentialAny and MemberImportVisibility make a hidden cost or a hidden dependency visible in the file that has it.
// - InternalImportsByDefault keeps a dependency's types out of our own declarations unless we say so.
// - NonisolatedNonsendingByDefault keeps an async function where its caller runs: no hop unless asked for.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A module; `uses` names the modules and products it may import.
func module(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: strict)
}

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let http: [Target.Dependency] = [
    product("Hummingbird", "hummingbird"),
    product("HummingbirdCore", "hummingbird"),
    product("HummingbirdHTTP2", "hummingbird"),
    product("HummingbirdTLS", "hummingbird"),
    product("HTTPTypes", "swift-http-types"),
    product("NIOCore", "swift-nio"),
    product("NIOPosix", "swift-nio"),
    product("NIOHTTP1", "swift-nio"),
    product("NIOHTTP2", "swift-nio-http2"),
    product("NIOTLS", "swift-nio"),
    product("NIOSSL", "swift-nio-ssl"),
    product("NIOHTTPTypes", "swift-nio-extras"),
    product("NIOHTTPTypesHTTP1", "swift-nio-extras"),
    product("NIOHTTPTypesHTTP2", "swift-nio-extras"),
    product("ServiceLifecycle", "swift-service-lifecycle"),
]
let logging = product("Logging", "swift-log")

let package = Package(
    name: "confd",
    products: [
        .executable(name: "confd", targets: ["confd"]),
        .executable(name: "confd_client", targets: ["confd_client"]),
        .executable(name: "confd-engine-postgresql", targets: ["EnginePostgreSQL"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    ],
    targets: [
        // The daemon: the only place that knows every module.
        .executableTarget(
            name: "confd",
            dependencies: [
                "Gateway", "RESTAPI", "OpenAPI", "LegacyRPC", "StatusPage", "HTTPServer", "Application",
                "PAMAuthenticator", "SQLiteStore", "EtcdStore", "PeerLink", "Replication", "ClusterLog", "AuditExport",
                "Notifications", "Series",
                "NodeAgent", "BucketFS", "Jobs", "JobEngine", "Access", "Certificates", "EXAConf", "Posix", "Values",
                "Waiting",
                logging,
                product("Hummingbird", "hummingbird"),
                product("ArgumentParser", "swift-argument-parser"),
                product("Configuration", "swift-configuration"),
                product("ServiceLifecycle", "swift-service-lifecycle"),
                product("UnixSignals", "swift-service-lifecycle"),
                product("NIOCore", "swift-nio"),
                product("Yams", "Yams"),
            ],
            swiftSettings: strict),

        // The command line; it speaks to a daemon by HTTPS only.
        .executableTarget(
            name: "confd_client",
            dependencies: [
                "Values", product("AsyncHTTPClient", "async-http-client"),
                product("NIOCore", "swift-nio"),
                product("NIOHTTP1", "swift-nio"),
                product("NIOPosix", "swift-nio"),
                product("NIOSSL", "swift-nio-ssl"),
                product("Yams", "Yams"),
            ],
            swiftSettings: strict),

        // The database engine that ships with the daemon; it knows nothing of it but the engine contract.
        .executableTarget(
            name: "EnginePostgreSQL",
            dependencies: [
                "CProcess", "Posix", product("Subprocess", "swift-subprocess"),
                product("SystemPackage", "swift-system"),
            ],
            swiftSettings: strict),

        // Edge
        module(
            "Gateway",
            uses: [
                "StatusPage", "HTTPServer", "Application", "Jobs", "JobEngine", "Access", "EXAConf", "XMLRPC",
                "Certificates", "Values", "Waiting", "Zlib", "Series", logging,
            ] + http),
        module(
            "LegacyRPC",
            uses: [
                "Gateway", "HTTPServer", "Application", "JobEngine", "Access", "EXAConf", "XMLRPC", "Values", logging,
            ] + http),
        module(
            "RESTAPI",
            uses: [
                "OpenAPI", "Gateway", "StatusPage", "HTTPServer", "Application", "Jobs", "JobEngine", "Access",
                "EXAConf",
                "Certificates", "Values", "Waiting", "Zlib", "Series", logging,
            ] + http),
        module("OpenAPI", uses: ["Gateway", "Application", "JobEngine", "Access", "Values"] + http),
        module("StatusPage", uses: ["HTTPServer"] + http),
        module("HTTPServer", uses: ["Certificates", "Values", "Zlib", logging] + http),

        // Application: the rules of use, without HTTP
        module("Application", uses: ["JobEngine", "Access", "EXAConf", "Series", "Values", "Waiting"]),

        // Adapters; they never import one another
        module("PAMAuthenticator", uses: ["CPAM", "Access", "Waiting", logging]),
        .target(name: "CPAM", linkerSettings: [.linkedLibrary("pam")]),
        module(
            "SQLiteStore",
            uses: [
                "Replication", "ClusterLog", "JobEngine", "Access", "Certificates", "Values", "Waiting", "Posix",
                "Zlib",
                product("GRDB", "GRDB.swift"), logging,
            ]),
        module(
            "EtcdStore",
            uses: [
                "ClusterLog", "Access", "Certificates", "Values", "Waiting", "Posix", "Zlib", "CProcess", logging,
                product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
                product("NIOHTTP1", "swift-nio"),
                product("NIOPosix", "swift-nio"), product("NIOSSL", "swift-nio-ssl"),
            ]),
        module(
            "PeerLink",
            uses: [
                "Replication", "ClusterLog", "JobEngine", "Access", "Certificates", "EXAConf", "Values", "Waiting",
                "Posix", logging, product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
                product("NIOHTTP1", "swift-nio"), product("NIOPosix", "swift-nio"),
                product("NIOSSL", "swift-nio-ssl"),
            ]),
        module("AuditExport", uses: ["Access", "Values", "Waiting", "Posix", logging]),
        module(
            "Notifications",
            uses: [
                "JobEngine", "Access", "EXAConf", "Certificates", "Values", "Waiting", "Posix", logging,
                product("AsyncHTTPClient", "async-http-client"), product("NIOCore", "swift-nio"),
                product("NIOHTTP1", "swift-nio"), product("NIOPosix", "swift-nio"), product("NIOSSL", "swift-nio-ssl"),
                product("Subprocess", "swift-subprocess"), product("SystemPackage", "swift-system"),
            ]),
        module(
            "NodeAgent",
            uses: [
                "NodeCommands", "JobEngine", "Access", "EXAConf", "Certificates", "Series", "Values", "Posix",
                "Waiting",
                "CProcess",
                logging, product("Subprocess", "swift-subprocess"), product("SystemPackage", "swift-system"),
                product("Yams", "Yams"),
            ]),

        module(
            "BucketFS",
            uses: [
                "HTTPServer", "JobEngine", "Access", "EXAConf", "Certificates", "Values", "Waiting", "Posix", "Zlib",
                logging, product("Subprocess", "swift-subprocess"), product("SystemPackage", "swift-system"),
            ] + http),

        // Domain; Jobs → NodeCommands → JobEngine → Access
        module("Jobs", uses: ["NodeCommands", "JobEngine", "Access", "EXAConf", "Certificates", "Values"]),
        module("NodeCommands", uses: ["JobEngine", "EXAConf", "Values"]),
        module(
            "JobEngine",
            uses: [
                "Access", "EXAConf", "Certificates", "Values", "Waiting", product("DequeModule", "swift-collections"),
                product("HeapModule", "swift-collections"), logging,
            ]),
        module("Access", uses: ["Certificates", "EXAConf", "Values", "Waiting", "CCrypt"]),
        module("ClusterLog", uses: ["Certificates", "Values"]),
        module(
            "Replication",
            uses: ["ClusterLog", "JobEngine", "Access", "Certificates", "EXAConf", "Values", "Waiting", "Zlib"]),

        // Ground floor; imports nothing of ours but Values, which imports nothing
        module("Values"),
        module("Certificates", uses: ["COpenSSL", "Values", product("NIOSSL", "swift-nio-ssl")]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        module("EXAConf", uses: ["Values"]),
        module("Posix", uses: ["CPosix"]),
        .target(name: "CPosix"),
        module("Waiting"),
        module("Series", uses: ["Values"]),
        module("XMLRPC", uses: ["CExpat", "Values"]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        module("Zlib", uses: ["CZlib"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CProcess"),

        // Tests
        .target(
            name: "Support",
            dependencies: [
                "Replication", "ClusterLog", "JobEngine", "Jobs", "Access", "Certificates", "EXAConf", "Values",
                "Waiting",
                "CZlib", logging,
            ],
            path: "Tests/Support",
            swiftSettings: strict),
        // Judges the history of a cluster, simulated or recorded; it knows nothing of the product.
        .target(
            name: "ClusterChecker", dependencies: ["Values"], path: "Tests/ClusterChecker", swiftSettings: strict),
        .executableTarget(
            name: "cluster-checker", dependencies: ["ClusterChecker"], path: "Tests/ClusterPrograms/Checker",
            swiftSettings: strict),
        .target(
            name: "ClusterSimulation", dependencies: ["ClusterChecker", "Support", "ClusterLog", "Values"],
            path: "Tests/ClusterSimulation", swiftSettings: strict),
        .executableTarget(
            name: "cluster-simulation", dependencies: ["ClusterSimulation", "ClusterChecker"],
            path: "Tests/ClusterPrograms/Simulation", swiftSettings: strict),
        // One process that is one member, for runs with faults: scripts/chaos.
        .executableTarget(
            name: "chaos-member",
            dependencies: [
                "ClusterChecker", "EtcdStore", "SQLiteStore", "Replication", "ClusterLog", "JobEngine", "Access",
                "Certificates", "Values", "Waiting", logging,
            ],
            path: "Tests/ClusterPrograms/Member", swiftSettings: strict),
        tests(of: "Values", uses: ["Support"]),
        tests(of: "Zlib"),
        tests(of: "EXAConf", uses: ["Support"]),
        tests(of: "Posix"),
        tests(of: "Waiting"),
        tests(of: "Series", uses: ["Values"]),
        tests(of: "XMLRPC", uses: ["Support", "Values"]),
        tests(of: "Certificates", uses: ["Support", "Values"]),
        tests(of: "Access", uses: ["Support", "Certificates", "EXAConf", "Waiting"]),
        tests(
            of: "ClusterLog", uses: ["ClusterChecker", "ClusterSimulation", "Support", "Certificates", "Values"]),
        tests(
            of: "EtcdStore",
            uses: [
                "Support", "SQLiteStore", "Replication", "ClusterLog", "JobEngine", "Access", "Certificates", "Values",
                "Waiting", "Posix", logging,
                product("NIOCore", "swift-nio"), product("NIOHTTP1", "swift-nio"), product("NIOPosix", "swift-nio"),
            ]),
        tests(
            of: "Replication",
            uses: [
                "Support", "ClusterLog", "JobEngine", "Access", "Certificates", "EXAConf", "Values", "Waiting", logging,
            ]),
        tests(
            of: "PeerLink",
            uses: [
                "Support", "SQLiteStore", "Replication", "ClusterLog", "JobEngine", "Access", "Certificates", "EXAConf",
                "Values", "Waiting", "Posix", logging, product("NIOCore", "swift-nio"),
                product("NIOPosix", "swift-nio"),
                product("NIOSSL", "swift-nio-ssl"),
            ]),
        tests(of: "PAMAuthenticator", uses: ["Access", "Waiting"]),
        tests(of: "JobEngine", uses: ["Support", "Access", "Values", "EXAConf", "Waiting", logging]),
        tests(of: "NodeCommands", uses: ["JobEngine", "Values"]),
        tests(
            of: "Jobs", uses: ["Support", "NodeCommands", "JobEngine", "Access", "Values", "EXAConf", "Certificates"]),
        tests(
            of: "SQLiteStore",
            uses: [
                "Support", "Replication", "ClusterLog", "JobEngine", "Access", "Certificates", "Values", "Zlib",
                product("GRDB", "GRDB.swift"),
                logging,
            ]),
        tests(of: "AuditExport", uses: ["Support", "Access", "Certificates", "Values", logging]),
        tests(of: "Notifications", uses: ["Support", "JobEngine", "Access", "EXAConf", "Values", logging]),
        tests(
            of: "NodeAgent",
            uses: [
                "Support", "NodeCommands", "JobEngine", "Access", "Series", "Values", "EXAConf", "Certificates",
                logging,
            ]),
        tests(
            of: "BucketFS",
            uses: [
                "Support", "HTTPServer", "JobEngine", "Access", "Values", "Zlib", "EXAConf", "Certificates", "Posix",
                logging,
            ] + http),
        tests(
            of: "confd_client",
            uses: ["Values", product("AsyncHTTPClient", "async-http-client"), product("NIOHTTP1", "swift-nio")]),
        tests(
            of: "confd",
            uses: [
                "Support", "Access", "Application", "EXAConf", "HTTPServer", "JobEngine", "NodeAgent", "PeerLink",
                "SQLiteStore", "Values", logging,
            ]),
        tests(
            of: "RESTAPI",
            uses: [
                "Support", "Gateway", "OpenAPI", "StatusPage", "HTTPServer", "Application", "Jobs", "JobEngine",
                "Access", "Series", "Values", "XMLRPC",
                "EXAConf", "Certificates", logging,
            ] + http),
        tests(
            of: "LegacyRPC",
            uses: [
                "Support", "Gateway", "HTTPServer", "Application", "Jobs", "JobEngine", "Access", "Values", "XMLRPC",
                "EXAConf", logging,
            ] + http),
        tests(of: "Application", uses: ["Support", "JobEngine", "Access", "Series", "Values", "EXAConf"]),
        tests(of: "StatusPage"),
        tests(
            of: "HTTPServer",
            uses: ["Support", "Certificates", logging, product("NIOEmbedded", "swift-nio")] + http),
        // Every reader of what others write, with inputs nobody would write.
        .testTarget(
            name: "FuzzingTests",
            dependencies: [
                "Support", "confd", "confd_client", "Gateway", "RESTAPI", "LegacyRPC", "HTTPServer", "BucketFS",
                "NodeAgent",
                "Jobs",
                "JobEngine", "Access", "Certificates", "EXAConf", "XMLRPC", "Posix", "Values", "Zlib",
            ] + http,
            path: "Tests/Fuzzing", swiftSettings: strict),
    ]
)

// scripts/fuzz builds them with libFuzzer, which sees where an input leads; the variable names its archive.
if let libFuzzer = Context.environment["CONFD_LIBFUZZER"] {
    package.targets.removeAll { $0.type == .test && $0.name != "FuzzingTests" }
    for target in package.targets where target.swiftSettings != nil {
        target.swiftSettings = strict + [.define("LIBFUZZER"), .unsafeFlags(["-O", "-sanitize=fuzzer"])]
        if target.type == .regular { continue }
        target.linkerSettings = [.unsafeFlags([libFuzzer]), .linkedLibrary("stdc++")]
    }
}
