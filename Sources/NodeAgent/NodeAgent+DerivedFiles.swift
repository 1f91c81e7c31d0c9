import EXAConf
import JobEngine

extension NodeAgent {
    /// Makes the files that services read follow the configuration; those that are as they should be are left alone.
    func installDerivedFiles(of document: Document) throws(InstallError) {
        try durable.write(BucketFSFiles.services(document), to: root.etc + "/bucketfs.cfg", mode: 0o600)
        try durable.write(BucketFSFiles.readers(document), to: root.etc + "/bucketfs_db.cfg", mode: 0o600)
        let wanted = RemoteVolumeFiles.files(document)
        for (name, bytes) in wanted {
            try durable.write(bytes, to: "\(root.remoteVolumes)/\(name)", mode: 0o600)
        }
        let present = try durable.told { () throws(FileFault) in try durable.files.names(in: root.remoteVolumes) }
        for name in present where wanted[name] == nil && RemoteVolumeFiles.isOurs(name) {
            try durable.remove("\(root.remoteVolumes)/\(name)")
        }
    }
}
