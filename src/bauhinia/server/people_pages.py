from fastapi import APIRouter

people_pages_router = APIRouter(include_in_schema=False)
