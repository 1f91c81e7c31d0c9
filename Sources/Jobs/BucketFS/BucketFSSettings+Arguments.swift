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

    /// Refuses ports that somebody else of the configuration has, or the daemon itself: such a service would never be
    /// served.
    ///
    /// - Parameter name: The service's, whose own ports are free to it.
    /// - Throws: `objectBusy` naming who has the port.
    func requirePorts(of name: String, _ context: JobContext, in document: Document) throws(JobError) {
        let service = document.bucketFSService(named: name)
        let ports = [
            ("http_port", httpPort ?? service?.httpPort ?? 0), ("https_port", httpsPort ?? service?.httpsPort ?? 0),
        ]
        for (parameter, port) in ports where port > 0 {
            let isTwice = ports.allSatisfy { $0.1 == port }
            // What stays as it is was said before.
            let isNew = parameter == "http_port" ? httpPort != nil : httpsPort != nil
            guard isNew,
                let holder = isTwice ? "its other protocol" : holder(of: port, except: name, context, in: document)
            else { continue }
            let text = "Port \(port) is taken by \(holder): give another one."
            throw JobError(
                .objectBusy, text, faults: [.init(pointer: "/params/\(parameter)", code: .objectBusy, text: text)])
        }
    }

    private func holder(
        of port: Int, except name: String, _ context: JobContext, in document: Document
    ) -> String? {
        if let database = document.databases.first(where: { $0.port == port }) { return "database \(database.name)" }
        let other = document.bucketFSServices.first { $0.name != name && [$0.httpPort, $0.httpsPort].contains(port) }
        if let other { return "file service \(other.name)" }
        return port == context.policy.port ?? document.global.xmlRPCPort ? "this daemon" : nil
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
