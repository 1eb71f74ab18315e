package app.waybill.plugin

import androidx.core.content.FileProvider

/** A provider of our own: two libraries that both declare the stock one cannot be merged. */
class ShotProvider : FileProvider()
