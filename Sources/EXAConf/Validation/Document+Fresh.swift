extension Document {
    /// The file of a new cluster: revision 0, checksum `COMMIT`, to be committed before it is stored.
    ///
    /// The administrator belongs to `exaadm` and, beyond it, to root, exausers and the three groups for databases,
    /// storage and BucketFS, so that no task of the cluster is out of reach.
    ///
    /// - Throws: `invalid` for settings no cluster can have.
    package static func fresh(
        _ settings: FreshCluster = FreshCluster(), using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) -> Document {
        var document = Document()
        try document.addFreshGlobal(settings, using: &random)
        try document.addFreshSSLAndDocker(settings)
        try document.addStandardGroups(ids: standardGroups())
        try document.addStandardUsers()
        if let hash = settings.administratorPasswordHash {
            let further = ["root", "exausers", "exadbadm", "exastoradm", "exabfsadm"]
            try document.addUser(
                settings.administrator,
                UserSettings(
                    id: settings.administratorID, group: "exaadm", isLoginEnabled: true, passwordHash: hash,
                    additionalGroups: further))
        }
        try document.addFreshNode(settings, using: &random)
        try document.addFreshStorage(settings)
        try document.addFreshDatabase(settings, using: &random)
        try document.validate()
        return document
    }

    private mutating func addFreshGlobal(
        _ settings: FreshCluster, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        try addSection(.global)
        let token = settings.authenticationToken ?? Identifiers.token(using: &random)
        for (key, value) in [
            ("ClusterName", settings.clusterName), ("XMLRPCPort", String(settings.xmlRPCPort)),
            ("ConfVersion", settings.confVersion), ("OSVersion", settings.osVersion),
            ("DBVersion", settings.dbVersion), ("ImageVersion", settings.imageVersion),
        ] {
            try GeneralKey.check(key, value)
        }
        let values = [
            ("Revision", "0"), ("Checksum", "COMMIT"), ("ClusterName", settings.clusterName),
            ("Platform", "Docker"), ("LicenseFile", "/exa/etc/license.exasol_license"), ("CoredPort", "325"),
            ("SSHPort", "22"), ("IssueTracker", "Jira"), ("XMLRPCPort", String(settings.xmlRPCPort)),
            ("RESTAPIPort", "8000"), ("RESTAPIEnabled", "False"), ("WebUIBackendPort", "4444"),
            ("WebUIDomain", "exacluster.local"), ("EnableLoadBalancer", "False"), ("AuthenticationToken", token),
            ("Networks", settings.publicNet.isEmpty ? "private" : "private, public"), ("NameServers", "8.8.8.8"),
            ("Timezone", "Europe/Berlin"), ("LegacyPlatformManager", "True"), ("LicenseRAWMEMWarnThreshold", "80"),
            ("Hugepages", "0"), ("StorageConnectionThreads", "16"), ("StorageMaxConnections", "1024"),
            ("MetaPackage", "none"), ("ConfVersion", settings.confVersion), ("OSVersion", settings.osVersion),
            ("DBVersion", settings.dbVersion), ("ImageVersion", settings.imageVersion),
            ("CoredUsePrivilegedPorts", "True"), ("CoredAllowOnlySameSubnet", "True"), ("CoredSubnets", ""),
        ]
        for (key, value) in values { try set(key, to: value, in: .global) }
    }

    private mutating func addFreshSSLAndDocker(_ settings: FreshCluster) throws(EXAConfError) {
        try addSection(.ssl)
        for (key, value) in [
            ("Cert", "/exa/etc/ssl/ssl.crt"), ("CertKey", "/exa/etc/ssl/ssl.key"),
            ("CertAuth", "/exa/etc/ssl/ssl.ca"), ("CertVerify", "none"), ("CertDomainName", ""),
        ] {
            try set(key, to: value, in: .ssl)
        }
        try addSection(.docker)
        for (key, value) in [
            ("RootDir", "/exa/etc"), ("Image", "exasol/docker-db:\(settings.imageVersion)"), ("DeviceType", "file"),
            ("AdditionalVolumes", ""),
        ] {
            try set(key, to: value, in: .docker)
        }
    }

    private mutating func addFreshNode(
        _ settings: FreshCluster, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        let ports = [settings.databasePort, settings.bucketFSPort, settings.bucketFSSecurePort]
            .filter { (1...65_535).contains($0) }
            .compactMap { PortPair(container: $0, host: $0 + min(max(settings.nodeID, 0), 65_535)) }
        let disk = DiskSettings(
            component: "exastorage", devices: ["dev.1"],
            mapping: [DeviceMapping(device: "dev.1", directory: "/exa/data/storage")])
        let node = NodeSettings(
            privateNet: settings.privateNet, publicNet: settings.publicNet, name: settings.nodeName,
            uuid: settings.nodeUUID, exposedPorts: ports, disks: ["disk1": disk])
        try addNode(id: settings.nodeID, node, using: &random)
    }

    private mutating func addFreshStorage(_ settings: FreshCluster) throws(EXAConfError) {
        try addSection(.storage)
        for (key, value) in [("BgRecEnabled", "True"), ("BgRecLimit", ""), ("SpaceWarnThreshold", "90")] {
            try set(key, to: value, in: .storage)
        }
        let sizes = [
            ("DataVolume1", "data", settings.dataVolumeSize), ("ArchiveVolume1", "archive", settings.archiveVolumeSize),
        ]
        for (name, type, size) in sizes {
            guard let size else { continue }
            try addVolume(
                name, VolumeSettings(type: type, size: size, disk: "disk1", nodes: [settings.nodeID], redundancy: 1))
        }
        try addSection(.logging)
        for (key, value) in [
            ("LogRotationTypes", "local,"), ("RemoteLogRotationVolume", "None"), ("RemoteLogRotationPrefix", "None"),
        ] {
            try set(key, to: value, in: .logging)
        }
    }

    private mutating func addFreshDatabase(
        _ settings: FreshCluster, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        try addDatabase(
            "DB1",
            DatabaseSettings(
                version: settings.dbVersion, nodes: [settings.nodeID], dataVolume: "DataVolume1",
                port: settings.databasePort),
            using: &random)
        try addBucketFS(
            "bfsdefault",
            BucketFSSettings(httpPort: settings.bucketFSPort, httpsPort: settings.bucketFSSecurePort),
            using: &random)
        try addBucket("default", service: "bfsdefault", BucketSettings(isPublic: true), using: &random)
        try change(.bucketFS("bfsdefault")) { section in
            section.comments = ["", "# The default BucketFS (auto-generated)"]
            if !section.sections.isEmpty { section.sections[0].comments = ["# The default bucket (auto-generated)"] }
        }
    }
}
