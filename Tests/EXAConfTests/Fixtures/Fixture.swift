import EXAConf
import Foundation
import Support

/// Documents the tests start from.
enum Fixture {
    static let hash = "$6$abcdefgh$0123456789"

    static func fresh() throws -> Document {
        var random = SequenceGenerator(seed: 42)
        var settings = FreshCluster()
        settings.administratorPasswordHash = hash
        settings.xmlRPCPort = 4443
        settings.archiveVolumeSize = "10 GiB"
        return try Document.fresh(settings, using: &random)
    }

    /// A file as the first generation wrote it, made up for these tests.
    static let old = """
        [Global]
            Revision = 3
            Checksum = NONE
            ClusterName = old
            Platform = Docker
            Networks = private
            NameServers =
            ConfVersion = 6.0.12
            OSVersion = 6.0.12
            DBVersion = 6.0.12

        [SSL]
            Cert = /path/to/ssl.crt
            CertKey = /path/to/ssl.key
            CertAuth = /path/to/ssl.ca

        [Docker]
            RootDir = /exa/etc

        [Node : 11]
            PrivateNet = 172.17.0.2/16
            Name = n11
            UUID = 5D11CDFCDEA74475833F1892426428873D4BEB66
            DockerVolume = n11
            [[Disk : default]]
                Devices = dev.1

        [EXAVolume : DataVolume1]
            Type = data
            Nodes = 11,
            Disk = default
            Size = 2.0 GiB
            Redundancy = 1
            Owner = 500:500

        [DB : DB1]
            DataVolume = DataVolume1
            Version = 6.0.12
            Owner = 700:701
            MemSize = 4 GiB
            Port = 8888
            Nodes = 11,
            NumMasterNodes = 1

        [BucketFS]
            # of the process
            ServiceOwner = 500 : 500

        [BucketFS : bfsdefault]
            HttpPort = 6583
            HttpsPort = 0

            [[Bucket : default]]
                ReadPasswd = cmVhZAo=
                Public = True

        [RemoteVolume : cloud_data_remote_volume]
            Type = s3
            ID = 10001
            URL = https://bucket.example/x
            Owner = 500 : 500
            Passwd = plain!

        """

    /// The public samples, nil where they are not at hand.
    static func sample(_ name: String) throws -> [UInt8]? {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let beside = here.appending(path: "../../../../shared").standardized
        let shared = ProcessInfo.processInfo.environment["CONFD_SHARED"].map { URL(filePath: $0) } ?? beside
        let file = shared.appending(path: "reference/exaconf-samples/\(name).conf")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try Array(Data(contentsOf: file))
    }
}
