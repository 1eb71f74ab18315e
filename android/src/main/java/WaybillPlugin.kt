package app.waybill.plugin

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Intent
import android.provider.MediaStore
import androidx.activity.result.ActivityResult
import app.tauri.annotation.ActivityCallback
import app.tauri.annotation.Command
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin
import java.io.File
import java.io.IOException
import java.util.UUID

/**
 * The bridge's Android half: the camera, straight into the app's own storage.
 *
 * The file is named before the camera opens and the camera writes into it. If Android ends the app
 * behind the camera, the picture is still there under that name.
 */
@TauriPlugin
class WaybillPlugin(private val activity: Activity) : Plugin(activity) {
    private var pending: File? = null

    @Command
    fun takeShot(invoke: Invoke) {
        val shot = File(File(activity.filesDir, "shots"), "${UUID.randomUUID()}.jpg")
        try {
            val folder = shot.parentFile
            if (folder != null && !folder.isDirectory && !folder.mkdirs()) {
                throw IOException("no folder for pictures")
            }
            pending = shot
            startActivityForResult(invoke, cameraInto(shot), "shotTaken")
        } catch (missing: ActivityNotFoundException) {
            reject(invoke, "this phone has no camera app", missing)
        } catch (full: IOException) {
            reject(invoke, "no room for a picture", full)
        }
    }

    @ActivityCallback
    fun shotTaken(invoke: Invoke, result: ActivityResult) {
        val shot = pending
        pending = null
        if (shot == null || result.resultCode != Activity.RESULT_OK || shot.length() == 0L) {
            shot?.delete()
            invoke.reject("no picture was taken")
            return
        }
        invoke.resolve(JSObject().apply { put("path", shot.absolutePath) })
    }

    private fun cameraInto(shot: File): Intent {
        val address =
            androidx.core.content.FileProvider.getUriForFile(
                activity,
                "${activity.packageName}.shots",
                shot,
            )
        return Intent(MediaStore.ACTION_IMAGE_CAPTURE).apply {
            putExtra(MediaStore.EXTRA_OUTPUT, address)
            // Some camera apps honour the permission only if the address is also in the clip.
            clipData = ClipData.newRawUri(null, address)
            addFlags(
                Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION
            )
        }
    }

    private fun reject(invoke: Invoke, why: String, cause: Exception) {
        pending = null
        invoke.reject(why, cause)
    }
}
