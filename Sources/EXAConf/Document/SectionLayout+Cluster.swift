// Comment lines and key order as genuine files have them; part of the format, since the checksum covers comments.
extension SectionLayout {
    static let global = SectionLayout(
        heading: [],
        keys: [
            Key("Revision"), Key("Checksum"), Key("ClusterName"), Key("Platform"), Key("LicenseFile"),
            Key("CoredPort"), Key("SSHPort"), Key("IssueTracker"), Key("XMLRPCPort"), Key("RESTAPIPort"),
            Key("RESTAPIEnabled"), Key("RESTAPIPathPrefix"), Key("RESTAPIAuthPubKey"), Key("WebUIBackendPort"),
            Key("WebUIDomain"), Key("WebUIBackendBinary"), Key("EnableLoadBalancer"), Key("AuthenticationToken"),
            Key("Networks", "# List of networks for this cluster: 'private' is mandatory, 'public' is optional."),
            Key("NameServers", "# Comma-separated list of nameservers for this cluster."),
            Key("SearchDomains"),
            Key(
                "C4Socket", "# Path to c4 unix domain socket, used for deployments of new clusters and nodes."),
            Key("Timezone"), Key("LegacyPlatformManager"), Key("LicenseRAWMEMWarnThreshold"),
            Key(
                "Hugepages",
                "# Nr. of hugepages ('0' = disabled, 'host' = manually configured on the host, "
                    + "'auto' = set automatically based on DB config)"),
            Key("StorageConnectionThreads"), Key("StorageMaxConnections"), Key("StorageConnectTimeout"),
            Key("StorageRequestTimeout"), Key("StorageProxyURL"),
            Key("MetaPackage", "# The meta package name, which was installed by C4 to run this system."),
            Key("ConfVersion"), Key("OSVersion"), Key("REVersion"), Key("DBVersion"), Key("ImageVersion"),
            Key(
                "CoredUsePrivilegedPorts",
                "# Cored only accepts incomming messages from privileged ports (port number less than 1024)."),
            Key("CoredAllowOnlySameSubnet", "# Cored only accepts incomming messages from its own subnet."),
            Key(
                "CoredSubnets",
                "# Which subnets Cored will allow messages from. Each subnet must be sepparated by a comma.",
                "# A subnet is either an IPv4 or IPv6 address in CIDR notation."),
            Key("CoredCanaryFileDirs"), Key("CoredCanaryTimeout"), Key("CoredCanaryGracePeriod"),
            Key("CoredCanaryLoggingEnabled"), Key("BuiltinScriptLanguageName"), Key("BuiltinScriptLanguageNames"),
            Key("SLC"), Key("ResolvFilename"), Key("HostsFilename"), Key("RSyslogFilename"),
        ])

    static let ssl = SectionLayout(
        heading: ["# SSL options"],
        keys: [
            Key("Cert", "# The SSL certificate, private key and CA for all EXASOL services"), Key("CertKey"),
            Key("CertAuth"),
            Key("CertVerify", "# Options to verify certificates: none, optional, required"),
            Key("CertDomainName", "# Domain name in the certifcate"),
        ])

    static let docker = SectionLayout(
        heading: ["# Docker related options"],
        keys: [
            Key(
                "RootDir", "# The directory that contains all data related to this docker cluster",
                "# (except for mapped devices)"),
            Key("Image", "# The EXASOL docker image used for all containers of this cluster"),
            Key("DeviceType", "# The type of storage devices for this cluster: 'block' or 'file'"),
            Key(
                "AdditionalVolumes",
                "# Comma-separated list of volumes to be mounted in all containers "
                    + "(e. g. '/mnt/my_data:/exa/my_data:rw' )",
                "# These user-defined volumes are mounted additionally to the internal ones "
                    + "(like the node root volume)"),
            Key("DefaultVolumes"), Key("Privileged"), Key("CapAdd"), Key("CapDrop"), Key("NetworkMode"),
            Key("IpcMode"),
        ])

    static let group = SectionLayout(heading: [], keys: [Key("ID")])

    static let user = SectionLayout(
        heading: [],
        keys: [
            Key("ID"), Key("Group"), Key("LoginEnabled"), Key("Passwd"), Key("AdditionalGroups"),
            Key("AuthorizedKeys"),
        ])

    static let node = SectionLayout(
        heading: [],
        keys: [
            Key("PrivateNet"), Key("PublicNet"), Key("PrivateInterface"), Key("PublicInterface"), Key("Name"),
            Key(
                "Affinity",
                "# Affinity decides how this node is used in the cluster. i.e, the possibility to become master"),
            Key("UUID"), Key("State"), Key("DockerVolume"),
            Key("ExposedPorts", "# Ports to be exposed (container : host)"),
        ])

    static let disk = SectionLayout(
        heading: [],
        keys: [
            Key("Component"), Key("Devices", "# Absolute path or relative to /exa/data/storage"), Key("Drives"),
            Key("Mapping"), Key("Ephemeral"), Key("DirectIO"),
        ])

    static let storage = SectionLayout(
        heading: ["# Global EXAStorage options"],
        keys: [
            Key(
                "BgRecEnabled",
                "# Enable or disable background recovery / data restoration (does not affect on-demand recovery)"),
            Key("BgRecLimit", "# Max. throughput for background recovery / data restoration (in MiB/s)"),
            Key("SpaceWarnThreshold", "# Space usage threshold (in percent, per node) for sending a warning"),
        ])

    static let logging = SectionLayout(
        heading: ["# RemoteLogging : None/None"],
        keys: [
            Key("LogRotationTypes"), Key("RemoteLogRotationVolume"), Key("RemoteLogRotationPrefix"),
            Key("BackupCount"),
        ])
}
