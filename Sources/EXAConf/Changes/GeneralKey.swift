/// What the keys of `[Global]` may hold when a client sets them.
enum GeneralKey {
    private static let ports = ["CoredPort", "SSHPort", "XMLRPCPort", "RESTAPIPort", "WebUIBackendPort"]
    private static let numbers = [
        "CoredCanaryTimeout", "CoredCanaryGracePeriod", "StorageConnectionThreads", "StorageMaxConnections",
        "StorageConnectTimeout", "StorageRequestTimeout",
    ]
    private static let truths = [
        "CoredUsePrivilegedPorts", "CoredAllowOnlySameSubnet", "CoredCanaryLoggingEnabled", "RESTAPIEnabled",
        "EnableLoadBalancer", "LegacyPlatformManager",
    ]
    private static let versions = ["ConfVersion", "OSVersion", "DBVersion", "ImageVersion"]

    static func check(_ key: String, _ value: String) throws(EXAConfError) {
        if ports.contains(key) {
            let isPort = Int(value).map { (1...65_535).contains($0) } ?? false
            try require(isPort, of: key, expected: "a port number")
        } else if numbers.contains(key) {
            try require(Int(value).map { $0 >= 0 } ?? false, of: key, expected: "a number")
        } else if truths.contains(key) {
            try require(BoolText.parse(value) != nil, of: key, expected: "True or False")
        } else if versions.contains(key) {
            try require(Version(value) != nil, of: key, expected: "a version")
        } else {
            try checkSpecial(key, value)
        }
    }

    private static func checkSpecial(_ key: String, _ value: String) throws(EXAConfError) {
        switch key {
        case "Revision", "Checksum":
            throw EXAConfError.invalid("\(key) is set by each commit and cannot be changed.")
        case "LicenseRAWMEMWarnThreshold":
            try require(Int(value).map { (0...100).contains($0) } ?? false, of: key, expected: "0 to 100")
        case "Networks":
            let networks = ListText.split(value)
            let isKnown = networks.allSatisfy { $0 == "private" || $0 == "public" }
            try require(isKnown && networks.contains("private"), of: key, expected: "'private' or 'private, public'")
        case "NameServers":
            let areAddresses = ListText.split(value).allSatisfy { IPAddressText.bytes($0) != nil }
            try require(areAddresses, of: key, expected: "a list of IP addresses")
        case "CoredSubnets":
            try require(
                ListText.split(value).allSatisfy { Network($0) != nil }, of: key,
                expected: "a list of networks like 10.0.0.0/24")
        case "Hugepages":
            let isCount = Int(value).map { $0 >= 0 } ?? false
            try require(isCount || value == "host" || value == "auto", of: key, expected: "a count, 'host' or 'auto'")
        case "Platform":
            let platforms = ["docker", "vm", "aws", "azure", "gcp"]
            try require(platforms.contains(value.lowercased()), of: key, expected: "Docker, VM, AWS, Azure or GCP")
        default: break
        }
    }

    private static func require(_ condition: Bool, of key: String, expected: String) throws(EXAConfError) {
        guard !condition else { return }
        throw EXAConfError.invalid("\(key): give \(expected).")
    }
}
