import EXAConf
import JobEngine

/// The objects a caller names, or the error that says they are not there.
extension Document {
    func given(node id: Int) throws(JobError) -> Node {
        guard let node = node(id: id) else { throw .missing("node \(id)") }
        return node
    }

    func given(database name: String) throws(JobError) -> Database {
        guard let database = database(named: name) else { throw .missing("database \(name.echoed)") }
        return database
    }

    func given(bucketFS name: String) throws(JobError) -> BucketFSService {
        guard let service = bucketFSService(named: name) else { throw .missing("bucketfs \(name.echoed)") }
        return service
    }

    func given(bucket name: String, of service: String) throws(JobError) -> Bucket {
        _ = try given(bucketFS: service)
        guard let bucket = bucket(named: name, service: service) else {
            throw JobError(
                .objectMissing, "Given bucket \(name.echoed) does not exist in bucketfs \(service).")
        }
        return bucket
    }

    func given(group name: String) throws(JobError) -> GroupEntry {
        guard let group = group(named: name) else { throw .missing("group \(name.echoed)") }
        return group
    }

    func given(user name: String) throws(JobError) -> UserEntry {
        guard let user = user(named: name) else { throw .missing("user \(name.echoed)") }
        return user
    }

    /// The remote volume of the parameters `remote_volume_name` or `remote_volume_id`.
    func given(remoteVolumeOf arguments: Arguments) throws(JobError) -> RemoteVolume {
        if let name = arguments.string("remote_volume_name") {
            guard let volume = remoteVolume(named: name) else { throw .missing("remote volume \(name.echoed)") }
            return volume
        }
        let text = try arguments.required("remote_volume_id")
        guard let id = Int(text), let volume = remoteVolume(id: id) else {
            throw .missing("remote volume \(text.echoed)")
        }
        return volume
    }

    /// The object volume of the parameters `name` or `vol_id`.
    func given(objectVolumeOf arguments: Arguments) throws(JobError) -> ObjectVolume {
        if let name = arguments.string("name") {
            guard let volume = objectVolume(named: name) else { throw .missing("object volume \(name.echoed)") }
            return volume
        }
        let text = try arguments.required("vol_id")
        guard let id = Int(text), let volume = objectVolumes.first(where: { $0.int("ID") == id }) else {
            throw JobError(
                .objectMissing, "No object volume has the id \(text.echoed) in the configuration: give its name.")
        }
        return volume
    }
}
