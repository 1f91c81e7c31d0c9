import EXAConf

/// What the file services (`bucketfs.cfg`) and the databases (`bucketfs_db.cfg`) read about BucketFS.
///
/// Passwords are encoded as they are in the configuration.
enum BucketFSFiles {
    /// Everything a file service needs: ports, owner, synchronisation, buckets with both passwords.
    static func services(_ document: Document) -> [UInt8] {
        var file = DerivedFile()
        for service in document.bucketFSServices {
            file.section("BucketFS : \(service.name)")
            file.set("HttpPort", String(service.httpPort))
            file.set("HttpsPort", String(service.httpsPort))
            file.set("Owner", service.owner?.description)
            file.set("Path", service.path)
            file.set("SyncKey", service.syncKey)
            file.set("SyncPeriod", service.syncPeriod)
            file.set("Mode", service.mode)
            for bucket in service.buckets {
                write(bucket, to: &file)
                file.set("WritePasswd", bucket.writePassword)
                let files = bucket.additionalFiles
                file.set("AdditionalFiles", files.isEmpty ? nil : files.joined(separator: ","))
            }
        }
        return file.bytes
    }

    /// What a database needs to read buckets: no key and no password for writing.
    static func readers(_ document: Document) -> [UInt8] {
        var file = DerivedFile()
        for service in document.bucketFSServices {
            file.section("BucketFS : \(service.name)")
            file.set("HttpPort", String(service.httpPort))
            file.set("HttpsPort", String(service.httpsPort))
            for bucket in service.buckets { write(bucket, to: &file) }
        }
        return file.bytes
    }

    private static func write(_ bucket: Bucket, to file: inout DerivedFile) {
        file.section("Bucket : \(bucket.name)", level: 2)
        file.set("Public", bucket.isPublic == true ? "True" : "False")
        file.set("ReadPasswd", bucket.readPassword)
    }
}
