import EXAConf
import JobEngine

extension BucketFSSettings {
    /// Keys of a service and the parameters they are set by.
    static let parameters = [
        "HttpPort": "http_port", "HttpsPort": "https_port", "SyncPeriod": "sync_period", "Owner": "owner",
    ]

    init(_ arguments: Arguments, in document: Document) throws(JobError) {
        self.init(
            owner: try arguments.owner(in: document), httpPort: try arguments.port("http_port"),
            httpsPort: try arguments.port("https_port"), syncKey: try arguments.encodedPassword("sync_key"),
            syncPeriod: arguments.text("sync_period"), mode: arguments.string("mode"),
            bucketVolume: arguments.string("bucketvolume"), path: arguments.string("path"))
    }
}

extension Arguments {
    fileprivate func port(_ name: String) throws(JobError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let port = Int(text), (0...65_535).contains(port) else {
            throw .invalid(name, "'\(name)': give a port number, or 0 to switch it off.")
        }
        return port
    }
}
