"""Connect the use cases of media assets."""

from application.operations.use_case_logging import logged
from application.storage.add_asset import AddAsset
from application.storage.read_assets import ListAssets, ReadAsset, RemoveAsset, StreamAsset
from application.storage.take_asset import TakeAsset
from entrypoints.use_cases import AssetUseCases
from entrypoints.wiring.service import Service


def wire_assets(service: Service) -> AssetUseCases:
    """Return the use cases of media assets."""
    ports, settings, limits = service
    add_asset = AddAsset(
        ports.media_assets,
        ports.storage,
        ports.media_probe,
        ports.picture_probe,
        ports.clock,
        settings.cores,
        limits.upload_queue_wait,
    )
    read_asset = ReadAsset(ports.media_assets)
    remove_asset = RemoveAsset(ports.media_assets, read_asset, ports.storage)
    return AssetUseCases(
        add_asset=logged("add_asset", add_asset),
        list_assets=ListAssets(ports.media_assets),
        read_asset=read_asset,
        remove_asset=logged("remove_asset", remove_asset),
        stream_asset=StreamAsset(read_asset, ports.storage),
        take_asset=TakeAsset(ports.media_assets, add_asset),
    )
