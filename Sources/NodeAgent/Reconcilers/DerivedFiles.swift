import EXAConf
package import JobEngine

/// Files that databases and file services read, made from the configuration.
package struct DerivedFiles: Reconciler {
    package let name = "derived_files"
    package let moment = ReconcilerMoment.beforeAcknowledging
    private let agent: NodeAgent

    /// The files below the agent's root, written on its thread.
    package init(_ agent: NodeAgent) { self.agent = agent }

    package func reconcile(
        from former: DecidedConfiguration?, to latest: DecidedConfiguration
    ) async throws {
        let wanted = Contents(latest.document)
        if let former, former.revision != latest.revision, Contents(former.document) == wanted { return }
        try await agent.install(wanted)
    }

    /// What the files hold.
    struct Contents: Sendable, Equatable {
        let services: [UInt8]
        let readers: [UInt8]
        let remoteVolumes: [String: [UInt8]]

        init(_ document: Document) {
            services = BucketFSFiles.services(document)
            readers = BucketFSFiles.readers(document)
            remoteVolumes = RemoteVolumeFiles.files(document)
        }
    }
}

extension NodeAgent {
    /// Files that are as they should be are left alone.
    fileprivate func install(_ contents: DerivedFiles.Contents) throws(InstallError) {
        try durable.write(contents.services, to: root.etc + "/bucketfs.cfg", mode: 0o600)
        try durable.write(contents.readers, to: root.etc + "/bucketfs_db.cfg", mode: 0o600)
        for (name, bytes) in contents.remoteVolumes {
            try durable.write(bytes, to: "\(root.remoteVolumes)/\(name)", mode: 0o600)
        }
        let present = try durable.told { () throws(FileFault) in try durable.files.names(in: root.remoteVolumes) }
        for name in present where contents.remoteVolumes[name] == nil && RemoteVolumeFiles.isOurs(name) {
            try durable.remove("\(root.remoteVolumes)/\(name)")
        }
    }
}
