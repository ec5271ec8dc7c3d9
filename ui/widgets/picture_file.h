// Pictures as files: SVG, PDF and PNG of whatever paints itself at 96 dpi, and writing them whole.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QSize>
#include <QString>

#include <functional>

class QPaintDevice;

namespace crux::ui {

/// What stands in a picture file beside the picture.
struct PictureFacts {
    QSize size; ///< px at 96 dpi
    QString title, description;
};

/// Paints on the device, in px at 96 dpi.
using PicturePainter = std::function<void(QPaintDevice&)>;

QByteArray svgOf(const PictureFacts& facts, const PicturePainter& paint);
QByteArray pdfOf(const PictureFacts& facts, const PicturePainter& paint);
/// `scale` device pixels a px, fewer where a side would grow beyond 30 000; empty: no memory.
QByteArray pngOf(const PictureFacts& facts, double scale, const PicturePainter& paint);

/// Writes `content` whole or not at all; `what` begins the sentence of a fault ("The chart").
Status writeWhole(const QString& file, const QByteArray& content, const QString& what);

} // namespace crux::ui
