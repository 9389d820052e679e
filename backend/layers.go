package backend

