/// Services around the cluster software.
extension GlobalSettings {
    /// Port of the separate REST service.
    package var restAPIPort: Int { int("RESTAPIPort") ?? 8000 }

    /// Whether the separate REST service runs.
    package var restAPIEnabled: Bool { bool("RESTAPIEnabled") ?? false }

    /// Path its resources stand under.
    package var restAPIPathPrefix: String { text("RESTAPIPathPrefix") ?? "/api/v1" }

    /// Key it checks tokens with.
    package var restAPIAuthPubKey: String? { text("RESTAPIAuthPubKey") }

    /// Port of the administration pages.
    package var webUIBackendPort: Int { int("WebUIBackendPort") ?? 4444 }

    /// Host name of the administration pages.
    package var webUIDomain: String { text("WebUIDomain") ?? "exacluster.local" }

    /// Program behind the administration pages.
    package var webUIBackendBinary: String { text("WebUIBackendBinary") ?? "db-restapi" }

    /// Whether a load balancer is set up.
    package var enableLoadBalancer: Bool { bool("EnableLoadBalancer") ?? false }

    /// Senders of the core daemon must use a port below 1024.
    package var coredUsePrivilegedPorts: Bool { bool("CoredUsePrivilegedPorts") ?? false }

    /// Senders of the core daemon must be in its subnet.
    package var coredAllowOnlySameSubnet: Bool { bool("CoredAllowOnlySameSubnet") ?? false }

    /// Further subnets the core daemon accepts, in CIDR form.
    package var coredSubnets: [String] { list("CoredSubnets") }

    /// Directories of the self-test files.
    package var coredCanaryFileDirs: String? { text("CoredCanaryFileDirs") }

    /// Seconds.
    package var coredCanaryTimeout: Int { int("CoredCanaryTimeout") ?? 90 }

    /// Seconds.
    package var coredCanaryGracePeriod: Int { int("CoredCanaryGracePeriod") ?? 300 }

    /// Whether self-tests are logged.
    package var coredCanaryLoggingEnabled: Bool { bool("CoredCanaryLoggingEnabled") ?? true }

    /// Threads towards an object store.
    package var storageConnectionThreads: Int { int("StorageConnectionThreads") ?? 16 }

    /// Connections to an object store.
    package var storageMaxConnections: Int { int("StorageMaxConnections") ?? 1024 }

    /// Milliseconds.
    package var storageConnectTimeout: Int { int("StorageConnectTimeout") ?? 20000 }

    /// Milliseconds.
    package var storageRequestTimeout: Int { int("StorageRequestTimeout") ?? 20000 }

    /// Proxy in front of an object store.
    package var storageProxyURL: String? { text("StorageProxyURL") }

    /// Glob patterns.
    package var scriptLanguageContainers: [String] {
        text("SLC").map { ListText.split($0) } ?? ["/opt/exasol/slc-*/ScriptLanguages*"]
    }

    /// Built-in language containers, from the plural key and the older singular one.
    package var builtinScriptLanguageNames: [String] {
        list("BuiltinScriptLanguageNames") + list("BuiltinScriptLanguageName")
    }

    /// Path on the node.
    package var resolvFilename: String { text("ResolvFilename") ?? "/etc/resolv.conf" }

    /// Path on the node.
    package var hostsFilename: String { text("HostsFilename") ?? "/etc/hosts" }

    /// Path on the node.
    package var rsyslogFilename: String { text("RSyslogFilename") ?? "/exa/etc/rsyslog.conf" }
}
