package import Values

/// Names a file of a bucket on every node of a cluster.
package struct BucketFileName: Sendable, Hashable {
    /// The bucket it is in.
    package let bucket: BucketName
    /// Its place in the bucket, names with `/` between.
    package let path: String

    /// A file of a bucket; `nil` for a path no file can have.
    package init?(_ path: String, in bucket: BucketName) {
        let names = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard (1...4096).contains(path.utf8.count), names.allSatisfy(Self.isName) else { return nil }
        (self.path, self.bucket) = (path, bucket)
    }

    private static func isName(_ name: some Collection<UInt8>) -> Bool {
        !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && name.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

/// Names a bucket of a file service.
package struct BucketName: Sendable, Hashable, Comparable {
    /// The file service.
    package let service: String
    /// The bucket in it.
    package let name: String

    /// A bucket of a service; `nil` for names that are none.
    package init?(_ name: String, of service: String) {
        guard [name, service].allSatisfy({ (1...255).contains($0.utf8.count) && !$0.utf8.contains(0) }) else {
            return nil
        }
        (self.name, self.service) = (name, service)
    }

    package static func < (one: BucketName, other: BucketName) -> Bool {
        (one.service, one.name) < (other.service, other.name)
    }
}

/// What a cluster has as a file of a bucket: every node knows it, whether or not it has the bytes yet.
package struct BucketEntry: Sendable, Hashable {
    /// Which file.
    package let name: BucketFileName
    /// In bytes.
    package let size: Int
    /// SHA-256 of its content, in 64 lower-case hexadecimal digits.
    package let sha256: String
    /// When it was stored; later than what was stored under the name before.
    package var at: Timestamp
    /// The node that took it.
    package let node: Int
    /// Who stored it: the user of the bucket's password, or `confd` for a job.
    package let user: String

    /// A file of these parts; `nil` for a size, digest or user that is none.
    package init?(_ name: BucketFileName, size: Int, sha256: String, at: Timestamp, node: Int, user: String) {
        guard size >= 0, node >= 0, sha256.utf8.count == 64, user.utf8.count <= 255,
            sha256.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
        else { return nil }
        (self.name, self.size, self.sha256) = (name, size, sha256)
        (self.at, self.node, self.user) = (at, node, user)
    }

    /// Tells one content of a file from another, on all nodes alike.
    package var tag: String { "\(sha256.prefix(32))-\(String(at.milliseconds, radix: 16))" }
}
