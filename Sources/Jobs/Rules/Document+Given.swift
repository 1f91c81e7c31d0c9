import EXAConf
import JobEngine

/// The objects a caller names, or the error that says they are not there.
extension Document {
    func given(node id: Int) throws(JobError) -> Node {
        guard let node = node(id: id) else { throw .missing("node \(id)") }
        return node
    }

    func given(database name: String) throws(JobError) -> Database {
        guard let database = database(named: name) else { throw .missing("database \(name.prefix(100))") }
        return database
    }

    func given(bucketFS name: String) throws(JobError) -> BucketFSService {
        guard let service = bucketFSService(named: name) else { throw .missing("bucketfs \(name.prefix(100))") }
        return service
    }

    func given(bucket name: String, of service: String) throws(JobError) -> Bucket {
        _ = try given(bucketFS: service)
        guard let bucket = bucket(named: name, service: service) else {
            throw JobError(
                .objectMissing, "Given bucket \(name.prefix(100)) does not exist in bucketfs \(service).")
        }
        return bucket
    }

    func given(group name: String) throws(JobError) -> GroupEntry {
        guard let group = group(named: name) else { throw .missing("group \(name.prefix(100))") }
        return group
    }

    func given(user name: String) throws(JobError) -> UserEntry {
        guard let user = user(named: name) else { throw .missing("user \(name.prefix(100))") }
        return user
    }

    /// The remote volume of the parameters `remote_volume_name` or `remote_volume_id`.
    func given(remoteVolumeOf arguments: Arguments) throws(JobError) -> RemoteVolume {
        if let name = arguments.string("remote_volume_name") {
            guard let volume = remoteVolume(named: name) else { throw .missing("remote volume \(name.prefix(100))") }
            return volume
        }
        let text = try arguments.required("remote_volume_id")
        guard let id = Int(text), let volume = remoteVolume(id: id) else {
            throw .missing("remote volume \(text.prefix(100))")
        }
        return volume
    }

    /// The object volume of the parameters `name` or `vol_id`.
    func given(objectVolumeOf arguments: Arguments) throws(JobError) -> ObjectVolume {
        if let name = arguments.string("name") {
            guard let volume = objectVolume(named: name) else { throw .missing("object volume \(name.prefix(100))") }
            return volume
        }
        let text = try arguments.required("vol_id")
        guard let id = Int(text), let volume = objectVolumes.first(where: { $0.int("ID") == id }) else {
            throw JobError(
                .objectMissing, "No object volume has the id \(text.prefix(100)) in the configuration: give its name.")
        }
        return volume
    }
}
